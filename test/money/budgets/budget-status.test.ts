import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { budgetPeriodAt, dateOf, dayStarts, monthsToCome } from '../../../services/money/budgets/budget-period.ts'
import { budgetStatus } from '../../../services/money/budgets/budget-status.ts'
import { formatDecimal, parseDecimal } from '../../../services/money/decimal.ts'

const DAY = 86_400_000
const HOUR = 3_600_000
const utc = (text: string) => Date.parse(`${text}Z`)
const november = budgetPeriodAt('month', utc('2026-11-10T00:00'), 'UTC')
const days = (from: string, costs: readonly string[]) =>
  costs.map((cost, index) => ({ start_ms: utc(`${from}T00:00`) + index * DAY, cost: parseDecimal(cost) }))
const status = (amount: string, spend: ReturnType<typeof days>, nowMs: number, committed = '0') => {
  const found = budgetStatus(parseDecimal(amount), spend, { period: november, nowMs, committed: parseDecimal(committed) })
  return { ...found, spent: formatDecimal(found.spent), committed: formatDecimal(found.committed), forecast: formatDecimal(found.forecast) }
}

test('periods begin where the zone’s week, month, quarter and year begin, also where clocks change', () => {
  const berlin = (period: 'week' | 'month' | 'quarter' | 'year', at: string) => {
    const { start_ms, end_ms } = budgetPeriodAt(period, utc(at), 'Europe/Berlin')
    return [new Date(start_ms).toISOString().slice(0, 16), (end_ms - start_ms) / HOUR]
  }
  // Summer time ends on 2026-10-25: one hour more.
  assert.deepEqual(berlin('month', '2026-10-10T00:00'), ['2026-09-30T22:00', 31 * 24 + 1])
  assert.deepEqual(berlin('week', '2026-10-25T23:30'), ['2026-10-25T23:00', 7 * 24])
  assert.deepEqual(berlin('week', '2026-10-25T22:30'), ['2026-10-18T22:00', 7 * 24 + 1])
  assert.deepEqual(berlin('quarter', '2026-11-10T00:00'), ['2026-09-30T22:00', 92 * 24 + 1])
  assert.deepEqual(berlin('year', '2026-12-31T23:30'), ['2026-12-31T23:00', 365 * 24])
  assert.equal(dateOf(utc('2026-10-25T22:30'), 'Asia/Kolkata'), '2026-10-26')
  assert.equal(monthsToCome(budgetPeriodAt('quarter', utc('2026-10-02T00:00'), 'UTC'), utc('2026-10-02T00:00'), 'UTC'), 2)
  assert.deepEqual(dayStarts(utc('2026-10-25T12:00'), utc('2026-10-26T12:00'), 'Europe/Berlin'), [
    utc('2026-10-24T22:00'),
    utc('2026-10-25T23:00'),
  ])
})

test('seven whole days go on until the end of the period', () => {
  // 3rd to 9th: 70; it is the 10th, 12:00, with 4 so far: 20.5 days to come at 10 a day.
  const spend = days('2026-11-01', ['100', '100', '10', '10', '10', '10', '10', '10', '10', '4'])
  const found = status('1000', spend, utc('2026-11-10T12:00'))
  assert.deepEqual(found, { state: 'ok', spent: '274', committed: '0', forecast: '479', exhausted_at_ms: null })
})

test('a budget whose forecast is above it is at risk, and says when it is used up', () => {
  const spend = days('2026-11-01', ['0', '0', '10', '10', '10', '10', '10', '10', '10', '0'])
  const found = status('100', spend, utc('2026-11-10T00:00'))
  assert.equal(found.state, 'at_risk')
  assert.equal(found.forecast, '280')
  assert.equal(found.exhausted_at_ms, utc('2026-11-13T00:00'))
})

test('a used-up budget is exhausted since the day on which it was', () => {
  const spend = days('2026-11-01', ['60', '50', '10', '10'])
  const found = status('100', spend, utc('2026-11-04T06:00'))
  assert.deepEqual([found.state, found.exhausted_at_ms, found.spent], ['exhausted', utc('2026-11-02T00:00'), '130'])
  assert.equal(status('130', spend, utc('2026-11-04T06:00')).state, 'exhausted')
})

test('in the first hour of a period the days before it tell the run rate, and none of them is spent', () => {
  const spend = days('2026-10-24', ['7', '7', '7', '7', '7', '7', '7', '7', '0.25'])
  const found = status('1000', spend, utc('2026-11-01T00:30'))
  assert.equal(found.spent, '0.25')
  // 7 a day for 30 days less half an hour: 210 − 7/48.
  assert.equal(found.forecast, '210.104166666666666667')
})

test('a young series counts from its first day, and an hour of spend as a day', () => {
  assert.equal(status('1000', days('2026-11-01', ['0', '0', '3']), utc('2026-11-03T01:00')).forecast, formatDecimal(parseDecimal('86.875')))
  // 12 in two days since the 2nd: 6 a day, 27 days to come.
  assert.equal(status('1000', days('2026-11-01', ['0', '6', '6', '0']), utc('2026-11-04T00:00')).forecast, '174')
})

test('without spend nothing is forecast but what is committed', () => {
  assert.deepEqual(status('10', days('2026-11-01', ['0', '0']), utc('2026-11-02T05:00')), {
    state: 'ok',
    spent: '0',
    committed: '0',
    forecast: '0',
    exhausted_at_ms: null,
  })
  assert.equal(status('10', days('2026-11-01', ['0']), utc('2026-11-01T05:00'), '50').state, 'at_risk')
  assert.equal(status('10', [], utc('2026-11-01T05:00')).state, 'ok')
  assert.equal(status('0', [], utc('2026-11-01T05:00')).state, 'exhausted')
})

test('more spend never makes a forecast smaller, and what is spent is in it', () => {
  const cost = fc.bigInt(0n, 10n ** 24n)
  fc.assert(
    fc.property(fc.array(cost, { minLength: 10, maxLength: 20 }), fc.nat(19), cost, fc.nat(DAY - 1), (costs, index, more, into) => {
      const spend = costs.map((one, day) => ({ start_ms: november.start_ms + day * DAY, cost: one }))
      const at = { period: november, nowMs: november.start_ms + (costs.length - 1) * DAY + into, committed: 0n }
      const before = budgetStatus(10n ** 25n, spend, at)
      const raised = spend.map((day, place) => (place === index % costs.length ? { ...day, cost: day.cost + more } : day))
      const after = budgetStatus(10n ** 25n, raised, at)
      assert.ok(after.forecast >= before.forecast && after.spent === before.spent + more && after.forecast >= after.spent)
    }),
  )
})

test('a day that begins as the period ends is of the next one, the first of the period is of this one', () => {
  const spend = [
    { start_ms: november.start_ms - 1, cost: parseDecimal('1') },
    { start_ms: november.start_ms, cost: parseDecimal('10') },
    { start_ms: november.end_ms - 1, cost: parseDecimal('100') },
    { start_ms: november.end_ms, cost: parseDecimal('1000') },
  ]
  assert.equal(status('5000', spend, november.end_ms - 1).spent, '110')
})

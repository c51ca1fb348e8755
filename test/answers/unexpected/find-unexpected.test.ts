import assert from 'node:assert/strict'
import { test } from 'node:test'
import { questions } from '../../../services/answers/questions.ts'
import type { CostSeries } from '../../../services/answers/unexpected/cost-series.ts'
import { findUnexpected } from '../../../services/answers/unexpected/find-unexpected.ts'
import { answerCommand } from '../../../services/cli/answers/answer-command.ts'
import { DAY, HOUR, SECOND } from '../../../services/platform/clock.ts'
import { chargeRow } from '../../api/charge-rows.ts'
import { insertRows, usageRow } from '../../api/fixture.ts'
import { runTool } from '../../cli/run-tool.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'

/** A Friday, 00:00 UTC. */
const TODAY = Date.UTC(2026, 0, 30)
const WEEKS = 5
const period = { fromMs: TODAY, toMs: TODAY + DAY }
const limits = { leastAmount: 1 }

/** Cost of every hour of five weeks and a day: 10, and 2 at night, with a small saw that no hour of the week shares with the others. */
function series(tenant_id: string, costOf: (atMs: number, usual: number) => number = (_, usual) => usual): CostSeries {
  const points = Array.from({ length: WEEKS * 168 + 24 }, (_, index) => {
    const startMs = TODAY - WEEKS * 7 * DAY + index * HOUR
    const hour = (startMs % DAY) / HOUR
    const usual = (hour < 8 ? 2 : 10) * (1 + ((index * 7) % 11) / 50)
    return { startMs, value: costOf(startMs, usual) }
  })
  return { tenant_id, currency: 'USD', points }
}
const during = (fromHour: number, hours: number, factor: number) => (atMs: number, usual: number) =>
  atMs >= TODAY + fromHour * HOUR && atMs < TODAY + (fromHour + hours) * HOUR ? usual * factor : usual

test('two hours at three times what is usual are one alarm of these hours; a usual day is none', () => {
  const { alarms, judged, unjudged } = findUnexpected([series('acme', during(10, 2, 3)), series('globex')], period, limits)
  assert.deepEqual(
    alarms.map(({ tenant_id, fromMs, toMs }) => [tenant_id, (fromMs - TODAY) / HOUR, (toMs - TODAY) / HOUR]),
    [['acme', 10, 12]],
  )
  const [alarm] = alarms
  assert.ok(alarm && alarm.expected > 18 && alarm.expected < 26 && alarm.cost > 50, JSON.stringify(alarm))
  assert.ok(alarm.low < alarm.expected && alarm.expected < alarm.high && alarm.high < alarm.cost)
  assert.deepEqual([judged, unjudged], [2, []])
})

test('the same amount at a dear hour is usual and at a cheap one is not', () => {
  const hours = (hour: number) => (atMs: number, usual: number) =>
    atMs >= TODAY + hour * HOUR && atMs < TODAY + (hour + 2) * HOUR ? 10 : usual
  assert.equal(findUnexpected([series('acme', hours(12))], period, limits).alarms.length, 0)
  assert.equal(findUnexpected([series('acme', hours(2))], period, limits).alarms.length, 1)
})

test('one hour takes a far larger rise than two, and what matters little is no alarm', () => {
  const alarmsOf = (hours: number, factor: number, leastAmount = 1) =>
    findUnexpected([series('acme', during(12, hours, factor))], period, { leastAmount }).alarms.length
  const factors = [1.5, 2, 3, 5, 8, 20]
  const needed = (hours: number) => factors.find(factor => alarmsOf(hours, factor) > 0) ?? 100
  assert.ok(needed(2) <= 2 && needed(1) <= 8 && needed(1) >= needed(2), `${needed(2)} and ${needed(1)}`)
  assert.equal(alarmsOf(2, 5, 500), 0)
})

test('a tenant without ten days of past is named and not judged', () => {
  const young = series('young')
  const { judged, unjudged } = findUnexpected([{ ...young, points: young.points.slice(-9 * 24) }, series('acme')], period, limits)
  assert.deepEqual([judged, unjudged], [1, ['young']])
})

test('asked over settled minutes it tells the hours, what is usual and the part that made the difference', async t => {
  const database = await openTestClickHouse(t)
  const { clickhouse } = database
  const first = TODAY - WEEKS * 7 * DAY
  const hours = Array.from({ length: WEEKS * 168 + 14 }, (_, index) => first + index * HOUR)
  await clickhouse.insert(
    'settled_windows',
    ['window_start', 'settle_version'],
    hours.map(atMs => [atMs / SECOND, 1]),
  )
  const factorOf = (atMs: number) => (atMs >= TODAY + 11 * HOUR && atMs < TODAY + 13 * HOUR ? 4 : 1)
  const at = (atMs: number) => ({ window_start: atMs / SECOND, service_tier: 'standard' })
  await insertRows(
    clickhouse,
    'usage_per_minute',
    hours.map(atMs =>
      usageRow('09:00', 'acme', { ...at(atMs), requests: 100, successful_requests: 100, list_cost: String(10 * factorOf(atMs)) }),
    ),
  )
  await insertRows(
    clickhouse,
    'charges_per_minute',
    hours.map(atMs => chargeRow('09:00', 'acme', { ...at(atMs), quantity: 10_000 * factorOf(atMs) })),
  )
  const question = questions.find(({ name }) => name === 'unexpected')
  assert.ok(question)
  const run = await runTool(answerCommand(question), ['--since', '2026-01-30', '--format', 'json'], database, { nowMs: TODAY + 14 * HOUR })
  assert.equal(run.code, 0, run.err)
  const answer = JSON.parse(run.out)
  assert.equal(answer.findings.length, 1, run.out)
  const [finding] = answer.findings
  assert.deepEqual(
    [finding.tenant_id, finding.from, finding.to, finding.cost, finding.change, finding.parts],
    ['acme', '2026-01-30T11:00:00Z', '2026-01-30T13:00:00Z', 80, '60', [{ part: 'prompt_size', amount: '60' }]],
  )
  assert.match(answer.sentence, /One cost left what is usual: acme, 2026-01-30T11:00 to 13:00 UTC: 80\.00 USD where 20\.00/)
})

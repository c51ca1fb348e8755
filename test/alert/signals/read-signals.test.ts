import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { shippedGroups } from '../../../services/alert/rules/read-rule-groups.ts'
import type { SignalSource } from '../../../services/alert/rules/rule.ts'
import { workingDays } from '../../../services/alert/signals/money-signals.ts'
import { readSource } from '../../../services/alert/signals/read-source.ts'
import { sloQuestion } from '../../../services/alert/signals/signals.ts'
import { readSloMoments } from '../../../services/alert/signals/slo/read-slo-burn.ts'
import { planTerms, storeTerms } from '../../../services/money/terms/terms-store.ts'
import type { ClickHouse } from '../../../services/platform/clickhouse/client.ts'
import { DAY, HOUR, MINUTE } from '../../../services/platform/clock.ts'
import { insertLatency, insertRows, minute, NOW_MS, publish, rowNames, usageRow } from '../../api/fixture.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'

let clickhouse: ClickHouse
const at = (clock: string) => minute(clock) * 1000
const read = (source: SignalSource, clock = '09:10', nowMs = at(clock)) =>
  readSource(source, { nowMs, settledUntilMs: at(clock) }, { clickhouse })
const slo = (parameters: SignalSource['parameters']): SignalSource => ({
  signal: 'slo-burn',
  parameters: { slo: 'test', by: 'tenant_id', severity: 'page', least_bad: 1, ...parameters },
})

before(async t => {
  clickhouse = (await openTestClickHouse(t as never)).clickhouse
  for (const clock of ['08:30', '09:07', '09:09']) await publish(clickhouse, clock, 1)
  // 100 first tokens half an hour before, two of them late; 50 in the last minutes, ten of them late. One request of each row fails.
  await insertLatency(clickhouse, '08:30', 'acme', { ttft: [...Array(98).fill(100), 3_000, 3_000], duration: Array(100).fill(50) })
  await insertLatency(clickhouse, '09:09', 'acme', {
    ttft: [...Array(40).fill(100), ...Array(10).fill(3_000)],
    duration: Array(50).fill(50),
  })
  const message = { log_epoch: 'a', topic: 'weir.access-log.v1', partition: 0, rows: 0, skipped_lines: 0, parked_lines: 0 }
  const nowMs = at('09:10')
  const ledger = (
    offset: number,
    source: string,
    receivedMs: number,
    lines: number,
    dead_letters = 0,
    accepted = lines - dead_letters,
  ) => ({
    ...message,
    ...{ offset, source, received_at: receivedMs, lines, dead_letters, accepted_lines: accepted },
  })
  await insertRows(clickhouse, 'messages_read', [
    ledger(1, 'edge', nowMs - 7 * DAY, 500),
    ledger(2, 'edge', nowMs - 40 * MINUTE, 10),
    ledger(3, 'idle', nowMs - 7 * DAY, 5),
    ledger(4, 'core', nowMs - 7 * DAY, 500),
    ledger(5, 'core', nowMs - MINUTE, 90),
    ledger(6, 'core', nowMs - MINUTE, 10, 5),
  ])
})

test('the error budget of an objective burns by what was bad of what was valid, in the long and the short window', async () => {
  const [one] = (await read(slo({ objective: 99, indicator: 'availability' }))).readings
  // Two of 150 in the hour, one of 50 in five minutes, at a budget of 1 %.
  assert.equal(one?.labels['tenant_id'], 'acme')
  assert.ok(Math.abs(Number(one?.facts['bad_share']) - 2 / 150) < 1e-9)
  assert.ok(Math.abs((one?.value ?? 0) - Math.min(2 / 150, 1 / 50) / 0.01 / 6) < 1e-9, 'the six-hour pair is the furthest out')
  assert.equal(one?.sample, 150)
})

test('what is late is told from quantile states, to a thousandth', async () => {
  const [one] = (await read(slo({ objective: 99, indicator: 'ttft', threshold_ms: 1_000 }))).readings
  assert.ok(Math.abs(Number(one?.facts['bad_share']) - 12 / 150) < 0.002, String(one?.facts['bad_share']))
  assert.ok(Math.abs(Number(one?.facts['short_burn_rate']) - 20) < 0.3, String(one?.facts['short_burn_rate']))
  const [none] = (await read(slo({ objective: 99, indicator: 'ttft', threshold_ms: 5_000 }))).readings
  assert.ok((none?.value ?? 1) < 0.2)
})

test('a lone error burns nothing', async () => {
  const [one] = (await read(slo({ objective: 99.9, indicator: 'availability', least_bad: 5 }))).readings
  assert.equal(one?.value, 0)
})

test('history is counted at once and says what each moment says alone', async () => {
  for (const parameters of [
    { objective: 99, indicator: 'availability' },
    { objective: 99, indicator: 'ttft', threshold_ms: 1_000 },
  ]) {
    const source = slo(parameters)
    const moments = [at('08:40'), at('09:05'), at('09:10')]
    const together = await readSloMoments(sloQuestion(source.parameters ?? {}), moments, { clickhouse })
    for (const [index, atMs] of moments.entries()) {
      const alone = await readSource(source, { nowMs: atMs, settledUntilMs: atMs }, { clickhouse })
      const valuesOf = ({ readings }: typeof alone) =>
        readings.map(({ labels, value, sample, facts }) => [labels, value?.toFixed(2), sample, facts['valid'], facts['long_ms']])
      assert.deepEqual(valuesOf(together[index] as typeof alone), valuesOf(alone), `${parameters.indicator} ${index}`)
    }
  }
})

test('a median is held against the median of the week before, a sum against its part of the week', async () => {
  const { clickhouse: own } = await openTestClickHouse({ after: () => Promise.resolve() } as never)
  for (const clock of ['08:00', '08:45']) {
    await publish(own, clock, 1)
    await insertRows(own, 'usage_per_minute', [usageRow(clock, 'acme', { requests: 1_200, attempts: 1_200 })])
  }
  await insertLatency(own, '08:00', 'acme', { duration: Array(1_200).fill(50) })
  await insertLatency(own, '08:45', 'acme', { duration: Array(200).fill(100) })
  const asked = { nowMs: at('09:00'), settledUntilMs: at('09:00') }
  const against = async (parameters: Readonly<Record<string, string>>) => {
    const { readings } = await readSource({ signal: 'against-usual', over: '30m', parameters }, asked, { clickhouse: own })
    return readings.map(({ value }) => Math.round((value ?? 0) * 100) / 100)
  }
  // 1,200 in the last half hour; 1,200 in all of the week before are 1,200 ÷ 336 in half an hour.
  assert.deepEqual(await against({ view: 'usage', measure: 'requests', by: 'upstream' }), [336])
  assert.deepEqual(await against({ view: 'usage', measure: 'requests', per: 'attempts', by: 'upstream' }), [1])
  const [slower] = await against({ view: 'latency', measure: 'duration_p50_ms', by: 'tenant_id' })
  assert.ok(Math.abs((slower ?? 0) - 2) < 0.05, String(slower))
})

test('a sender that was busy a week ago and is not now is silent; one that was idle is not', async () => {
  const { readings } = await read({ signal: 'source-silent' })
  assert.deepEqual(
    readings.map(({ labels, value }) => [labels['source'], Math.round(value ?? 0)]),
    [
      ['core', 1],
      ['edge', 40],
    ],
  )
})

test('refused lines are told by sender, with how many they are', async () => {
  const { readings } = await read({ signal: 'dead-letters', over: '15m' })
  assert.deepEqual(
    readings.map(({ labels, value, count }) => [labels['source'], value, count]),
    [['core', 0.05, 5]],
  )
  const [all] = (await read({ signal: 'completeness', over: '1h' })).readings
  assert.equal(all?.value, 1 - 5 / 110)
})

test('lines that came after the last settling wait; without any, idle is not late', async () => {
  // Windows of the fixture were settled at 09:59:30, after all of the messages.
  assert.equal((await read({ signal: 'data-late' })).readings[0]?.value, 0)
  await insertRows(clickhouse, 'messages_read', [
    ...[{ log_epoch: 'a', topic: 'weir.access-log.v1', partition: 0, offset: 9, source: 'core', received_at: NOW_MS + MINUTE }].map(
      row => ({
        ...row,
        ...{ lines: 3, rows: 3, accepted_lines: 3, dead_letters: 0, skipped_lines: 0, parked_lines: 0 },
      }),
    ),
  ])
  const [late] = (await read({ signal: 'data-late' }, '09:10', NOW_MS + 8 * MINUTE)).readings
  assert.deepEqual([late?.value, late?.sample], [7, 3])
})

test('working days leave out Saturdays and Sundays', () => {
  assert.equal(workingDays(Date.parse('2026-01-30T00:00Z'), Date.parse('2026-02-03T12:00Z')), 2)
  assert.equal(workingDays(Date.parse('2026-01-31T00:00Z'), Date.parse('2026-02-02T00:00Z')), 0)
})

test('minutes of which raw rows are gone are told as the last comparison found them', async () => {
  const check = (checkedMs: number, fewer: number) => ({
    ...{ checked_at: checkedMs, changed: 0, lost: 0, fewer },
    ...{ first_fewer: fewer > 0 ? minute('07:00') : null, last_fewer: fewer > 0 ? minute('07:30') : null },
  })
  assert.equal((await read({ signal: 'windows-refused' })).isComplete, false, 'nobody looked yet')
  await insertRows(clickhouse, 'window_checks', [check(at('09:00'), 3)])
  const [found] = (await read({ signal: 'windows-refused' })).readings
  assert.deepEqual([found?.value, String(found?.facts['first']).slice(11)], [3, '07:00Z'])
  await insertRows(clickhouse, 'window_checks', [check(at('09:05'), 0)])
  assert.equal((await read({ signal: 'windows-refused' })).readings[0]?.value, 0)
})

test('a receiver that takes nothing is told of, with the age of its oldest message; what it has by now is not', async () => {
  const delivery = (message_id: string, receiver: string, outcome: string, decidedMs: number, updatedMs = decidedMs) => ({
    ...{ message_id, receiver, updated_at: updatedMs, decided_at: decidedMs, first_tried_at: decidedMs, tries: 1, outcome, status: 503 },
    ...{
      detail: '503 Service Unavailable',
      reason: 'first',
      severity: 'page',
      group_key: 'g',
      title: 't',
      fingerprints: [],
      tenant_ids: [],
    },
    ...{ is_for_tenants: false, message: '{}' },
  })
  await insertRows(clickhouse, 'alert_deliveries', [
    delivery('a', 'on-call', 'retry', at('09:01')),
    delivery('b', 'on-call', 'waiting', at('09:08')),
    delivery('c', 'mail', 'retry', at('09:01')),
    delivery('c', 'mail', 'delivered', at('09:01'), at('09:02')),
  ])
  const { readings } = await read({ signal: 'delivery-stuck' })
  assert.deepEqual(
    readings.map(({ labels, value, facts }) => [labels['receiver'], value, facts['messages'], facts['answer']]),
    [['on-call', 9, 2, '503 Service Unavailable']],
  )
})

test('a model that is used is told of with the days that it has left', async () => {
  await insertRows(clickhouse, 'usage_per_minute', [
    usageRow('09:09', 'acme', {
      upstream_kind: 'provider',
      upstream: 'openai',
      request_model: 'fast',
      response_model: 'gpt-old',
      requests: 7,
    }),
  ])
  const asked = { nowMs: at('09:10'), settledUntilMs: at('09:10') }
  const ended = (endMs: number | undefined) => readSource({ signal: 'model-ends' }, asked, { clickhouse, endOfModel: () => endMs })
  const [one] = (await ended(at('09:10') + 6 * DAY)).readings
  assert.deepEqual([one?.labels['response_model'], one?.value, one?.sample, one?.facts['tenants']], ['gpt-old', 6, 7, 'acme'])
  assert.equal((await ended(at('09:10') - DAY)).readings[0]?.value, -1)
  assert.deepEqual((await ended(undefined)).readings, [])
})

test("months before the first that was closed are nobody's debt, later ones of every tenant are", async () => {
  const charge = (month: string, tenant_id: string) => {
    const hour_start = Date.parse(`${month}-10T00:00:00Z`) / 1_000
    return { hour_start, published_version: 1, tenant_id, currency: 'USD', effective_cost: 5 }
  }
  await insertRows(
    clickhouse,
    'charges_per_hour',
    ['2025-10', '2025-11', '2025-12'].flatMap(month => [charge(month, 'acme'), charge(month, 'globex')]),
  )
  const days = async (nowMs: number) => {
    const { readings } = await read({ signal: 'month-not-closed' }, '09:10', nowMs)
    return readings.map(({ labels, value, facts }) => [labels['tenant_id'], labels['month'], value, facts['cost']])
  }
  const nowMs = Date.parse('2026-01-08T00:00:00Z')
  assert.deepEqual(await days(nowMs), [], 'nobody closes months here')
  await insertRows(clickhouse, 'statements', [
    { statement_id: 'a', version: 1, tenant_id: 'acme', month: '2025-11' },
    { statement_id: 'b', version: 2, tenant_id: 'acme', month: '2025-12' },
  ])
  // 1 to 7 January 2026 are five working days; December has 23.
  assert.deepEqual(await days(nowMs), [
    ['globex', '2025-11', 28, 5],
    ['globex', '2025-12', 5, 5],
  ])
})

test('a budget burns by what was spent in the long and the short window against its even pace', async () => {
  const terms = `issuer: us
currency: USD
time_zone: UTC
tenants: [{ id: acme, name: Acme }]
budgets: [{ id: acme-monthly, scope: { tenant_id: acme }, amount: 744, currency: USD, period: month }]
`
  const { clickhouse: own } = await openTestClickHouse({ after: () => Promise.resolve() } as never)
  const plan = await planTerms(terms, 'terms.yaml', at('08:00'), own)
  await storeTerms(terms, plan, { kind: 'import', imported_by: 'finance', reason: '', source: 'test' }, own)
  const spend = async (clock: string, quantity: number) => {
    await publish(own, clock, 1)
    const { window_start, settle_version, ...names } = rowNames(clock, 'acme')
    const priced = { token_kind: 'input', price_key: 'gpt-4o', price_version: 1, currency: 'USD', unit_price: '0.01' }
    await insertRows(own, 'charges_per_minute', [{ window_start, settle_version, ...names, ...priced, quantity, attempts: 1 }])
  }
  const burn = async (clock: string, severity: string) => {
    const source = { signal: 'budget-burn', parameters: { severity } }
    const { readings } = await readSource(source, { nowMs: at(clock), settledUntilMs: at(clock) }, { clickhouse: own })
    return readings.map(({ labels, value, facts }) => [labels['tenant_id'], (value ?? 0).toFixed(3), facts['spent'], facts['long_ms']])
  }
  await spend('08:15', 1_830)
  await spend('09:08', 170)
  // Of 744 USD a month of 31 days one is spent an hour, evenly. 20 in the hour are 20 times that, 1.70 in five minutes 20.4 times;
  // 2 % of the budget in an hour are 14.88 times. Over a day it is 0.83 times, of 3.1 allowed.
  assert.deepEqual(await burn('09:10', 'page'), [['acme', (20 / 14.88).toFixed(3), '20', HOUR]])
  assert.deepEqual(await burn('09:10', 'ticket'), [['acme', (20 / 24 / 3.1).toFixed(3), '20', DAY]])
  // An hour later nothing is spent any more: what burned is over, whatever the long window says.
  await publish(own, '10:09', 1)
  assert.deepEqual(
    (await burn('10:10', 'page')).map(([, value]) => value),
    ['0.000'],
  )
})

test('costs are apart by what can be compared: same currency, every attempt priced', async () => {
  const row = { window_start: minute('09:09'), settle_version: 1, upstream: 'openai', currency: 'USD', reported_currency: 'USD' }
  await insertRows(clickhouse, 'cost_drift_per_minute', [
    { ...row, attempts: 10, list_cost: 130, reported_cost: 100, unpriced_attempts: 0 },
    { ...row, attempts: 10, list_cost: 0, reported_cost: 900, unpriced_attempts: 3, upstream: 'other' },
  ])
  const { readings } = await read({ signal: 'cost-drift' })
  assert.deepEqual(
    readings.map(({ labels, value, count, facts }) => [labels['upstream'], value, count, facts['side']]),
    [['openai', 0.3, 30, 'ours']],
  )
})

test('all that shipped rules read can be read, of an empty database too', async t => {
  const empty = (await openTestClickHouse(t)).clickhouse
  for (const database of [empty, clickhouse]) {
    for (const rule of shippedGroups().flatMap(({ rules }) => rules)) {
      const readings = await readSource(rule.reads, { nowMs: at('09:11'), settledUntilMs: at('09:10') }, { clickhouse: database })
      assert.ok(
        readings.readings.every(({ labels }) => Object.values(labels).every(value => value !== '')),
        rule.name,
      )
    }
  }
})

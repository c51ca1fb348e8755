import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { tablesOf } from '../../schemas/tables.ts'
import { topics, WINDOW_TOUCHED_TOPIC } from '../../schemas/topics.ts'
import type { WindowTouched } from '../../schemas/window-events.ts'
import { delay, MINUTE } from '../../services/platform/clock.ts'
import { buildMetrics } from '../../services/platform/metrics.ts'
import { rowsExpected } from '../../services/settle/lost-rows.ts'
import { buildReconciler, findAll, findUnsettled, reconcile } from '../../services/settle/reconcile.ts'
import { settleWindows } from '../../services/settle/settle-windows.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { buildInMemoryEventLog } from '../fakes/in-memory-event-log.ts'
import { attemptRow, insertAttempts, noPrices, WINDOW_MS } from './attempt-rows.ts'
import { engineRow, insertSamples } from './engine-rows.ts'
import { gpuRow, insertGpuSamples } from './gpu-rows.ts'

const minute = (n: number) => WINDOW_MS + n * MINUTE
const span = { fromMs: minute(-60), untilMs: minute(60) }
let clock = WINDOW_MS
const now = () => ++clock

test('windows whose rows nobody announced are found by their rows: late ones, samples, and those that were never settled', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const deps = { clickhouse, prices: noPrices, now }
  await insertAttempts(
    clickhouse,
    [0, 1, 2, 3].map(n => attemptRow({ started_at: minute(n) })),
  )
  assert.deepEqual(await findUnsettled(span, clickhouse), { changed: [0, 1, 2, 3].map(minute), fewer: [] })
  await settleWindows([0, 1, 2, 3].map(minute), deps)
  assert.deepEqual(await findUnsettled(span, clickhouse), { changed: [], fewer: [] })
  await insertAttempts(clickhouse, [attemptRow({ started_at: minute(2) })])
  await insertGpuSamples(clickhouse, [gpuRow({ sampled_at: minute(1) })])
  await insertSamples(clickhouse, [engineRow({ sampled_at: minute(20) })])
  assert.deepEqual(await findUnsettled(span, clickhouse), { changed: [1, 2, 20].map(minute), fewer: [] })
  await settleWindows([1, 2, 20].map(minute), deps)
  // A sample that comes late also changes the forecast of a later minute with samples.
  await insertSamples(clickhouse, [engineRow({ sampled_at: minute(10) })])
  assert.deepEqual(await findUnsettled(span, clickhouse), { changed: [10, 20].map(minute), fewer: [] })
})

test('a partition of raw rows that was dropped is told, touches nothing, and hides no late row of another day', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const deps = { clickhouse, prices: noPrices, now }
  await insertAttempts(clickhouse, [attemptRow({}), attemptRow({ started_at: minute(24 * 60) })])
  await settleWindows([minute(0), minute(24 * 60)], deps)
  await clickhouse.command('ALTER TABLE {database}.attempts_raw DROP PARTITION 20261124')
  await insertAttempts(clickhouse, [attemptRow({ started_at: minute(24 * 60) })])
  const eventLog = buildInMemoryEventLog({ topics })
  const metrics = buildMetrics('settle')
  const found = await reconcile({ clickhouse, eventLog, metrics, logger: pino({ level: 'silent' }), now: () => minute(25 * 60) })
  assert.deepEqual(found, { changed: [minute(24 * 60)], fewer: [minute(0)], lost: [] })
  const touched = eventLog.recordsOf(WINDOW_TOUCHED_TOPIC).map(({ value }) => JSON.parse(Buffer.from(value).toString()) as WindowTouched)
  assert.deepEqual(
    touched.map(({ window_start_ms, cause }) => [window_start_ms, cause]),
    [[minute(24 * 60), 'rows']],
  )
  assert.match(await metrics.registry.metrics(), /settle_windows_of_fewer_rows_count\S* 1\n/)
  const checks = await clickhouse.query(
    'SELECT changed, lost, fewer, toUnixTimestamp(first_fewer) AS first_s FROM {database}.window_checks',
  )
  assert.deepEqual(checks, [{ changed: 1, lost: 0, fewer: 1, first_s: minute(0) / 1_000 }], 'alerting reads what was found')
})

test('raw rows that a person deleted are told before the parts that hold them are merged', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await insertAttempts(clickhouse, [attemptRow({}), attemptRow({ request_id: 'gone' }), attemptRow({ started_at: minute(1) })])
  await settleWindows([minute(0), minute(1)], { clickhouse, prices: noPrices, now })
  await clickhouse.command("DELETE FROM {database}.attempts_raw WHERE request_id = 'gone'")
  assert.deepEqual(await findUnsettled(span, clickhouse), { changed: [], fewer: [minute(0)] })
})

test('a day whose raw rows were dropped for their age has no rows gone, nor have the minutes that read it; another day has', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const deps = { clickhouse, prices: noPrices, now }
  const midnight = Date.UTC(2026, 10, 25)
  const starts = [minute(0), midnight + 14 * MINUTE, midnight + 15 * MINUTE, midnight + 25 * 60 * MINUTE]
  await insertAttempts(
    clickhouse,
    starts.map(started_at => attemptRow({ started_at })),
  )
  await settleWindows(starts, deps)
  await clickhouse.command('TRUNCATE TABLE {database}.attempts_raw')
  const of = { fromMs: minute(0), untilMs: midnight + 48 * 60 * MINUTE }
  assert.deepEqual((await findUnsettled(of, clickhouse)).fewer, starts)
  const note = async (table: string, day: string) =>
    await clickhouse.insert('dropped_days', ['table_name', 'day', 'rows'], [[table, day, 1]])
  await note('latency_per_minute', '2026-11-25')
  assert.deepEqual((await findUnsettled(of, clickhouse)).fewer, starts)
  await note('attempts_raw', '2026-11-24')
  assert.deepEqual((await findUnsettled(of, clickhouse)).fewer, starts.slice(2))
})

test('it runs soon after the start, in its interval, and at once when touches were lost', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await insertAttempts(clickhouse, [attemptRow({})])
  const eventLog = buildInMemoryEventLog({ topics })
  const deps = { clickhouse, eventLog, metrics: buildMetrics('settle'), logger: pino({ level: 'silent' }), now: () => minute(1) }
  const stop = new AbortController()
  const reconciler = buildReconciler(deps, { firstAfterMs: 1 })
  const running = reconciler.run(stop.signal)
  const rounds = async (count: number) => {
    while (eventLog.recordsOf(WINDOW_TOUCHED_TOPIC).length < count) await delay(5)
  }
  await rounds(1)
  reconciler.ask()
  await rounds(2)
  stop.abort()
  await running
})

test('a version whose rows are gone is settled again, whichever table lost them; one that rightly has none is left alone', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const deps = { clickhouse, prices: noPrices, now }
  await insertAttempts(clickhouse, [
    attemptRow({ input_tokens: 7, reported_cost: '1.5', reported_currency: 'USD' }),
    // It went to no provider, and nothing is charged for it.
    attemptRow({ started_at: minute(1), outcome: 'rejected', error_class: 'auth', upstream_kind: '', provider: '' }),
  ])
  await insertSamples(clickhouse, [engineRow({ sampled_at: minute(0) }), engineRow({ sampled_at: minute(3) })])
  await insertGpuSamples(clickhouse, [gpuRow({ sampled_at: minute(2) })])
  await settleWindows([0, 1, 2, 3].map(minute), deps)
  const eventLog = buildInMemoryEventLog({ topics })
  const told = { clickhouse, eventLog, metrics: buildMetrics('settle'), logger: pino({ level: 'silent' }), now: () => minute(30) }
  assert.deepEqual(await reconcile(told), { changed: [], fewer: [], lost: [] })
  for (const table of ['attempt_groups_per_minute', ...Object.keys(rowsExpected)]) {
    const has = await clickhouse.query<{ window: number }>(
      `SELECT DISTINCT toUnixTimestamp(window_start) AS window FROM {database}.${table} ORDER BY window`,
    )
    assert.ok(has.length > 0, `${table}: the test has rows for it`)
    await clickhouse.command(`TRUNCATE TABLE {database}.${table}`)
    const { lost } = await reconcile(told)
    assert.deepEqual(
      lost,
      has.map(({ window }) => window * 1_000),
      table,
    )
    await settleWindows(lost, deps)
    assert.deepEqual((await reconcile(told)).lost, [], table)
  }
})

test('samples that came after a version, and rows that are dropped for their age, are no loss', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await insertAttempts(clickhouse, [attemptRow({})])
  await settleWindows([minute(0)], { clickhouse, prices: noPrices, now })
  await insertSamples(clickhouse, [engineRow({ sampled_at: minute(0) })])
  assert.deepEqual(await findAll(span, clickhouse), { changed: [minute(0)], fewer: [], lost: [] })
  await settleWindows([minute(0)], { clickhouse, prices: noPrices, now })
  await clickhouse.command('TRUNCATE TABLE {database}.latency_per_minute')
  assert.deepEqual((await findAll(span, clickhouse)).lost, [minute(0)])
  await clickhouse.insert('dropped_days', ['table_name', 'day', 'rows'], [['latency_per_minute', '2026-11-24', 1]])
  assert.deepEqual((await findAll(span, clickhouse)).lost, [])
})

test('every settled table is looked at for what it lost, but for that of rows left out, which a version need not have', () => {
  const looked = ['attempt_groups_per_minute', ...Object.keys(rowsExpected), 'conflicts']
  assert.deepEqual([...looked].sort(), [...tablesOf('settled')].sort())
})

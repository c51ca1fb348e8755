import assert from 'node:assert/strict'
import { test } from 'node:test'
import { agedTables, tablesOf } from '../../schemas/tables.ts'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { MINUTE } from '../../services/platform/clock.ts'
import { makeHours } from '../../services/settle/hours.ts'
import { dropOldMonths, type MonthAges } from '../../services/settle/old-months.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'

const NOW_MS = Date.UTC(2026, 10, 28, 9)
/** September ended 58 days and nine hours before. */
const [OLDER, OLD] = [57, 58].map(days => ({ minuteDays: days, hourDays: 0 })) as [MonthAges, MonthAges]
const [AUGUST_MS, SEPTEMBER_MS, OCTOBER_MS] = [Date.UTC(2026, 7, 31), Date.UTC(2026, 8, 30, 23, 59), Date.UTC(2026, 9, 1)]
const minuteTables = tablesOf('settled')
const hourTables = tablesOf('hourly')
let clockMs = NOW_MS
const deps = (clickhouse: ClickHouse) => ({ clickhouse, now: () => ++clockMs })
const namesOf = (dropped: Awaited<ReturnType<typeof dropOldMonths>>) => dropped.map(({ table, month }) => `${month} ${table}`).sort()

test('what statements are made of has no age, and everything else that is settled has one', () => {
  const staying = [...minuteTables, ...hourTables].filter(name => ![...agedTables('settled'), ...agedTables('hourly')].includes(name))
  assert.deepEqual(staying, [
    'usage_per_minute',
    'pool_use_per_minute',
    'charges_per_minute',
    'conflicts',
    'usage_per_hour',
    'quantities_per_hour',
  ])
})

test('months whose last day is older than minutes are kept are dropped and noted by day, hours only when theirs are', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  for (const table of minuteTables) await fill(clickhouse, table, [AUGUST_MS, SEPTEMBER_MS, SEPTEMBER_MS, OCTOBER_MS])
  for (const table of hourTables) await fill(clickhouse, table, [AUGUST_MS, OCTOBER_MS])
  const none = await dropOldMonths({ minuteDays: 0, hourDays: 1 }, deps(clickhouse))
  assert.deepEqual(none, [], 'hours stay while their minutes do')
  const aged = agedTables('settled')
  const first = await dropOldMonths({ minuteDays: 59, hourDays: 0 }, deps(clickhouse))
  assert.deepEqual(namesOf(first), aged.map(name => `202608 ${name}`).sort())
  assert.deepEqual(namesOf(await dropOldMonths(OLD, deps(clickhouse))), aged.map(name => `202609 ${name}`).sort())
  assert.deepEqual(await dropOldMonths(OLDER, deps(clickhouse)), [])
  for (const table of minuteTables) assert.equal(await countOf(clickhouse, table), aged.includes(table) ? 1 : 4, table)
  const notes = await clickhouse.query(
    "SELECT toString(day) AS day, rows FROM {database}.dropped_days WHERE table_name = 'latency_per_minute' ORDER BY day",
  )
  assert.deepEqual(notes, [
    { day: '2026-08-31', rows: 1 },
    { day: '2026-09-30', rows: 2 },
  ])
  for (const table of hourTables) assert.equal(await countOf(clickhouse, table), 2, table)
  const hours = await dropOldMonths({ minuteDays: 58, hourDays: 50 }, deps(clickhouse))
  assert.deepEqual(
    namesOf(hours),
    agedTables('hourly')
      .map(name => `202608 ${name}`)
      .sort(),
  )
})

test('minutes stay while raw rows of their month do and until hours are made of them; after them no hour is made again', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await settledMinute(clickhouse, SEPTEMBER_MS, 1)
  const stays = async (why: string) => assert.deepEqual(await dropOldMonths(OLD, deps(clickhouse)), [], why)
  await stays('the hour is not made')
  assert.equal(await makeHours({ quietMs: -1 }, deps(clickhouse)), 1)
  await fill(clickhouse, 'engine_samples_raw', [SEPTEMBER_MS - 20 * 24 * 60 * MINUTE], [])
  await stays('a raw row of the month is there')
  await clickhouse.command('TRUNCATE TABLE {database}.engine_samples_raw')
  await settledMinute(clickhouse, SEPTEMBER_MS - MINUTE, 2)
  await stays('a minute of the hour was settled anew')
  assert.equal(await makeHours({ quietMs: -1 }, deps(clickhouse)), 1)
  assert.deepEqual(namesOf(await dropOldMonths(OLD, deps(clickhouse))), ['202609 latency_per_minute'])
  assert.equal(await countOf(clickhouse, 'settled_windows'), 2)
  // A person's word publishes one of its minutes: made anew, the hour would be that minute alone.
  await settledMinute(clickhouse, SEPTEMBER_MS, 3)
  assert.equal(await makeHours({ quietMs: -1 }, deps(clickhouse)), 0)
  const [hour] = await clickhouse.query<{ requests: number }>('SELECT sum(requests) AS requests FROM {database}.latency_per_hour_current')
  assert.equal(hour?.requests, 2)
})

test('where there are billing terms, minutes of a month stay until all who have charges around it have closed statements', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await settledMinute(clickhouse, SEPTEMBER_MS, 1)
  await makeHours({ quietMs: -1 }, deps(clickhouse))
  await clickhouse.insert('billing_terms', ['version'], [[1]])
  await clickhouse.insert('charges_per_minute', ['window_start', 'settle_version', 'tenant_id'], [[SEPTEMBER_MS / 1000, 1, 'acme']])
  const [from, to] = [Date.UTC(2026, 8, 1), OCTOBER_MS]
  const close = async (tenant: string, fromMs: number, toMs: number) =>
    await clickhouse.insert('statements', ['tenant_id', 'period_start_ms', 'period_end_ms'], [[tenant, fromMs, toMs]])
  const stays = async (why: string) => assert.deepEqual(await dropOldMonths(OLD, deps(clickhouse)), [], why)
  await stays('nothing is closed')
  await close('globex', from, to)
  await stays('acme has charges')
  await close('acme', from, to - 15 * MINUTE)
  await stays('the statement ends before the last minute')
  await close('acme', to - 15 * MINUTE, to)
  assert.deepEqual(namesOf(await dropOldMonths(OLD, deps(clickhouse))), ['202609 latency_per_minute'])
  assert.equal(await countOf(clickhouse, 'charges_per_minute'), 1)
})

async function fill(clickhouse: ClickHouse, table: string, startsMs: readonly number[], more?: readonly string[]): Promise<void> {
  const start = hourTables.includes(table) ? 'hour' : 'window'
  const versions = more ?? [start === 'hour' ? 'hour_version' : 'settle_version']
  await clickhouse.insert(
    table,
    [`${start}_start`, ...versions],
    startsMs.map(ms => [ms / 1000, ...versions.map(() => 1)]),
  )
}

/** A window whose one request has a latency. */
async function settledMinute(clickhouse: ClickHouse, ms: number, version: number): Promise<void> {
  await clickhouse.insert('settled_windows', ['window_start', 'settle_version'], [[ms / 1000, version]])
  await clickhouse.insert('latency_per_minute', ['window_start', 'settle_version', 'requests'], [[ms / 1000, version, 1]])
}

async function countOf(clickhouse: ClickHouse, table: string): Promise<number | undefined> {
  const [row] = await clickhouse.query<{ rows: number }>(`SELECT count() AS rows FROM {database}.${table}`)
  return row?.rows
}

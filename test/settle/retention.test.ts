import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tablesOf } from '../../schemas/tables.ts'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { DAY, MINUTE } from '../../services/platform/clock.ts'
import { dropOldRawDays } from '../../services/settle/retention.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'

const NOW_MS = Date.UTC(2026, 10, 28, 9)
const RAW_DAYS = 50
/** The last day that is older than it is kept, and the first that is not. */
const [OLD_MS, YOUNG_MS] = [Date.UTC(2026, 9, 8, 23, 59), Date.UTC(2026, 9, 9)]
const rawTables = tablesOf('raw')
const retain = (clickhouse: ClickHouse) => dropOldRawDays({ rawDays: RAW_DAYS }, { clickhouse, now: () => NOW_MS })

test('days that are older than they are kept are dropped from every raw table and noted, younger ones stay', async () => {
  await using scope = new AsyncDisposableStack()
  const { clickhouse } = await openTestClickHouse(scopeOf(scope))
  for (const table of rawTables) await fill(clickhouse, table, [OLD_MS - DAY, OLD_MS, OLD_MS, YOUNG_MS, NOW_MS])
  const dropped = await retain(clickhouse)
  assert.deepEqual(
    dropped.map(({ table, day, rows }) => `${day} ${table} ${rows}`),
    [20261007, 20261008].flatMap((day, index) => [...rawTables].sort().map(table => `${day} ${table} ${index + 1}`)),
  )
  for (const table of rawTables) assert.equal(await countOf(clickhouse, table), 2, table)
  const notes = await clickhouse.query(
    'SELECT toString(day) AS day, sum(rows) AS rows FROM {database}.dropped_days GROUP BY day ORDER BY day',
  )
  assert.deepEqual(notes, [
    { day: '2026-10-07', rows: rawTables.length },
    { day: '2026-10-08', rows: 2 * rawTables.length },
  ])
  assert.deepEqual(await retain(clickhouse), [])
})

test('where there are billing terms, a day stays until all who have charges around it have closed statements', async () => {
  await using scope = new AsyncDisposableStack()
  const { clickhouse } = await openTestClickHouse(scopeOf(scope))
  const day = Date.UTC(2026, 8, 15)
  await fill(clickhouse, 'attempts_raw', [day])
  await clickhouse.insert('billing_terms', ['version'], [[1]])
  const stays = async (why: string) => {
    assert.deepEqual(await retain(clickhouse), [], why)
    assert.equal(await countOf(clickhouse, 'attempts_raw'), 1, why)
  }
  await charge(clickhouse, 'acme', day + 9 * MINUTE)
  await charge(clickhouse, 'globex', day + DAY)
  await charge(clickhouse, '__idle__', day - MINUTE)
  await stays('nothing is closed')
  const month = { from: Date.UTC(2026, 8, 1), to: Date.UTC(2026, 9, 1) }
  await close(clickhouse, 'acme', month)
  await stays('globex has charges a day later')
  await close(clickhouse, 'globex', month)
  await stays('the house has charges a minute before')
  await close(clickhouse, '__house__', { from: month.from, to: day - 15 * MINUTE })
  await stays('its statement ends before that minute')
  await close(clickhouse, '__house__', { from: day - 15 * MINUTE, to: month.to })
  assert.deepEqual((await retain(clickhouse)).length, 1)
  assert.equal(await countOf(clickhouse, 'attempts_raw'), 0)
})

test('a day on which nobody has charges stays until some statement covers it', async () => {
  await using scope = new AsyncDisposableStack()
  const { clickhouse } = await openTestClickHouse(scopeOf(scope))
  await fill(clickhouse, 'engine_samples_raw', [Date.UTC(2026, 8, 15)])
  await clickhouse.insert('billing_terms', ['version'], [[1]])
  assert.deepEqual(await retain(clickhouse), [])
  await close(clickhouse, 'acme', { from: Date.UTC(2026, 8, 1), to: Date.UTC(2026, 9, 1) })
  assert.equal((await retain(clickhouse)).length, 1)
})

function scopeOf(scope: AsyncDisposableStack) {
  return { after: (close: () => Promise<void>) => void scope.defer(close) }
}

async function fill(clickhouse: ClickHouse, table: string, startsMs: readonly number[]): Promise<void> {
  await clickhouse.insert(
    table,
    ['window_start', 'offset'],
    startsMs.map((ms, index) => [ms / 1000, index]),
  )
}

async function countOf(clickhouse: ClickHouse, table: string): Promise<number | undefined> {
  const [row] = await clickhouse.query<{ rows: number }>(`SELECT count() AS rows FROM {database}.${table}`)
  return row?.rows
}

async function charge(clickhouse: ClickHouse, tenant: string, ms: number): Promise<void> {
  await clickhouse.insert('settled_windows', ['window_start', 'settle_version'], [[ms / 1000, 1]])
  await clickhouse.insert('charges_per_minute', ['window_start', 'settle_version', 'tenant_id'], [[ms / 1000, 1, tenant]])
}

async function close(clickhouse: ClickHouse, tenant: string, { from, to }: { from: number; to: number }): Promise<void> {
  await clickhouse.insert('statements', ['tenant_id', 'period_start_ms', 'period_end_ms'], [[tenant, from, to]])
}

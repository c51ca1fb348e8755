import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { MINUTE } from '../../services/platform/clock.ts'
import { removeSuperseded } from '../../services/settle/superseded.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts, noPrices, WINDOW_MS } from './attempt-rows.ts'
import { engineRow, insertSamples } from './engine-rows.ts'
import { settleWindow } from './settle-one.ts'

const tables = [
  'attempt_groups_per_minute',
  'usage_per_minute',
  'latency_per_minute',
  'pool_per_minute',
  'pool_use_per_minute',
  'resilience_per_minute',
  'provider_per_minute',
  'conflicts',
  'settled_windows',
]

async function versions(clickhouse: ClickHouse): Promise<Record<string, number[]>> {
  const found: Record<string, number[]> = {}
  for (const table of tables) {
    const rows = await clickhouse.query<{ settle_version: number }>(
      `SELECT DISTINCT settle_version FROM {database}.${table} ORDER BY settle_version`,
    )
    found[table] = rows.map(row => row.settle_version)
  }
  return found
}

test('old versions and what a cut-off settling left are removed; the current version stays however old, and all that is young', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const row = attemptRow({ request_id: 'r', input_tokens: 10 })
  // A conflict and a sample, so that every table has rows.
  await insertAttempts(clickhouse, [row, { ...row, offset: row.offset + 1_000, input_tokens: 11 }])
  await insertSamples(clickhouse, [engineRow({ kv_cache_use_ratio: 0.5 })])
  const start = Date.UTC(2026, 10, 24, 12)
  const at = (minute: number) => (start + minute * MINUTE) * 1000
  const settle = async (minute: number) =>
    await settleWindow(WINDOW_MS, { clickhouse, prices: noPrices, now: () => start + minute * MINUTE, tieBreaker: () => 0 })
  const cutOff = async (minute: number) => {
    const dying: ClickHouse = {
      ...clickhouse,
      command: async (sql, ...rest) => {
        if (sql.includes('INTO {database}.settled_windows')) throw new Error('killed here')
        await clickhouse.command(sql, ...rest)
      },
    }
    await assert.rejects(
      settleWindow(WINDOW_MS, { clickhouse: dying, prices: noPrices, now: () => start + minute * MINUTE, tieBreaker: () => 0 }),
    )
  }
  await settle(0)
  await cutOff(1)
  await settle(2)
  await cutOff(30)
  const all = await versions(clickhouse)
  const computed = [0, 1, 2, 30].map(at)
  for (const table of tables) assert.deepEqual(all[table], table === 'settled_windows' ? [0, 2].map(at) : computed)

  await removeSuperseded({ clickhouse, now: () => start + 40 * MINUTE })
  const left = await versions(clickhouse)
  // 2 is current, 30 may still be under way.
  for (const table of tables) assert.deepEqual(left[table], table === 'settled_windows' ? [at(2)] : [2, 30].map(at), table)

  await removeSuperseded({ clickhouse, now: () => start + 60 * MINUTE })
  for (const [table, found] of Object.entries(await versions(clickhouse))) assert.deepEqual(found, [at(2)], table)
  const [usage] = await clickhouse.query('SELECT sum(input_tokens) AS tokens FROM {database}.usage_per_minute_current')
  assert.deepEqual(usage, { tokens: 10 })
})

test('what a pass noted for itself is removed with its hour, whether or not its versions are current', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const row = attemptRow({ request_id: 'r' })
  await insertAttempts(clickhouse, [row, { ...row, attempt_no: 2, attempt_key: '2', offset: row.offset + 1 }])
  await insertSamples(clickhouse, [engineRow({ kv_cache_use_ratio: 0.5 })])
  const start = Date.UTC(2026, 10, 24, 12)
  await settleWindow(WINDOW_MS, { clickhouse, prices: noPrices, now: () => start })
  const noted = async () => {
    const rows = await Promise.all(
      ['shared_requests', 'joined_attempts', 'attempt_sums', 'engine_minutes'].map(table =>
        clickhouse.query<{ rows: number }>(`SELECT count() AS rows FROM {database}.${table}`),
      ),
    )
    return rows.map(([counted]) => counted?.rows)
  }
  const all = await noted()
  assert.ok(
    all.every(rows => Number(rows) > 0),
    String(all),
  )
  await removeSuperseded({ clickhouse, now: () => start + 70 * MINUTE })
  assert.deepEqual(await noted(), all, 'another pass of that hour may still be under way')
  await removeSuperseded({ clickhouse, now: () => start + 75 * MINUTE })
  assert.deepEqual(await noted(), [0, 0, 0, 0])
})

test('between looks at all of history only minutes with something to remove are touched, and none where there is nothing', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const start = Date.UTC(2026, 10, 24, 12)
  const at = (minute: number) => (start + minute * MINUTE) * 1000
  const deletes: { sql: string; windows: unknown }[] = []
  const watched: ClickHouse = {
    ...clickhouse,
    command: async (sql, parameters, ...rest) => {
      if (sql.includes('INTO {database}.settled_windows') && isDying) throw new Error('killed here')
      if (/^DELETE/m.test(sql)) deletes.push({ sql, windows: parameters?.['windows'] })
      await clickhouse.command(sql, parameters, ...rest)
    },
  }
  let isDying = false
  const settle = async (minute: number, windowMs = WINDOW_MS) =>
    await settleWindow(windowMs, { clickhouse: watched, prices: noPrices, now: () => start + minute * MINUTE, tieBreaker: () => 0 })
  await insertAttempts(clickhouse, [attemptRow({ request_id: 'r', input_tokens: 10 })])
  await settle(0)
  const since = await removeSuperseded({ clickhouse: watched, now: () => start + 20 * MINUTE })
  assert.equal(since, at(5))
  deletes.length = 0

  const nothing = await removeSuperseded({ clickhouse: watched, now: () => start + 30 * MINUTE }, { since })
  assert.deepEqual(deletes, [])

  // A minute whose first settling is cut off has no version that another replaced.
  const nextMs = WINDOW_MS + MINUTE
  await insertAttempts(clickhouse, [attemptRow({ request_id: 'next', started_at: nextMs })])
  isDying = true
  await assert.rejects(settle(31, nextMs))
  isDying = false
  await settle(32, nextMs)
  const later = await removeSuperseded({ clickhouse: watched, now: () => start + 60 * MINUTE }, { since: nothing })
  assert.ok(deletes.length > 0)
  for (const { windows } of deletes) assert.deepEqual(windows, [nextMs / 1000])
  assert.deepEqual((await versions(clickhouse))['usage_per_minute'], [at(0), at(32)])

  await settle(50)
  deletes.length = 0
  await removeSuperseded({ clickhouse: watched, now: () => start + 90 * MINUTE }, { since: later })
  for (const { windows } of deletes) assert.deepEqual(windows, [WINDOW_MS / 1000])
  for (const [table, found] of Object.entries(await versions(clickhouse)))
    assert.ok(
      found.every(version => [at(32), at(50)].includes(version)),
      `${table}: ${found}`,
    )
})

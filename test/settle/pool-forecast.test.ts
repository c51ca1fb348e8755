import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { MINUTE, SECOND } from '../../services/platform/clock.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts, noPrices, WINDOW_MS } from './attempt-rows.ts'
import { engineRow, insertSamples, onlyPoolRow, poolRows } from './engine-rows.ts'
import { settleWindow } from './settle-one.ts'

let clock = WINDOW_MS
const now = () => ++clock
const at = (second: number) => WINDOW_MS + second * SECOND

async function settle(clickhouse: ClickHouse, start = WINDOW_MS) {
  return await settleWindow(start, { clickhouse, prices: noPrices, now })
}

test('a standing queue is saturation 1 and zero minutes away; a short one of the minute is not', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await insertSamples(clickhouse, [
    engineRow({ pool: 'full', sampled_at: at(0), running: 2, running_limit: 100, waiting: 1, kv_cache_use_ratio: 0.1 }),
    engineRow({ pool: 'full', sampled_at: at(30), running: 2, running_limit: 100, waiting: 3, kv_cache_use_ratio: 0.1 }),
    engineRow({ pool: 'over', sampled_at: at(0), running: 12, running_limit: 10 }),
    engineRow({ pool: 'short', sampled_at: at(0), running: 2, running_limit: 4, waiting: 1, kv_cache_use_ratio: 0.1 }),
    engineRow({ pool: 'short', sampled_at: at(30), running: 2, running_limit: 4, waiting: 0, kv_cache_use_ratio: 0.1 }),
  ])
  await settle(clickhouse)
  const rows = await poolRows(clickhouse)
  assert.deepEqual(
    rows.map(row => [row.pool, row.saturation, row.minutes_to_saturation]),
    [
      ['full', 1, 0],
      ['over', 1, 0],
      ['short', 0.5, null],
    ],
  )
})

test('a rising line says when the pool is full, a falling or flat one and a young pool say nothing', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const minutes = [0, 1, 2, 3, 4]
  const line = (pool: string, kv: (minute: number) => number | null, from = 0) =>
    minutes
      .slice(from)
      .map(minute => engineRow({ pool, sampled_at: WINDOW_MS + minute * MINUTE, kv_cache_use_ratio: kv(minute), output_tokens_total: 1 }))
  await insertSamples(clickhouse, [
    // 0.2, 0.3, … 0.6 now: 0.4 left at 0.1 a minute.
    ...line('rising', minute => 0.2 + 0.1 * minute),
    ...line('falling', minute => 0.9 - 0.1 * minute),
    ...line('flat', () => 0.4),
    ...line('young', minute => 0.1 * minute, 3),
    // The signal was missing for two minutes: a gap in the line, not a dip to zero.
    ...line('gappy', minute => (minute === 1 || minute === 2 ? null : 0.2 + 0.1 * minute)),
  ])
  const last = WINDOW_MS + 4 * MINUTE
  await settle(clickhouse, last)
  const rows = await poolRows(clickhouse, last)
  assert.deepEqual(
    rows.map(row => [row.pool, row.minutes_to_saturation]),
    [
      ['falling', null],
      ['flat', null],
      ['gappy', 4],
      ['rising', 4],
      ['young', null],
    ],
  )
})

test('late samples have the minutes settled again whose forecast looks back at them, late attempts do not', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const minute = (n: number) => WINDOW_MS + n * MINUTE
  await insertSamples(
    clickhouse,
    [1, 2, 3, 4, 15, 16].map(n =>
      engineRow({ sampled_at: minute(n), kv_cache_use_ratio: n < 10 ? 0.2 + 0.1 * n : 0.5, output_tokens_total: 600 * n }),
    ),
  )
  for (const n of [1, 2, 3, 4, 15, 16]) await settle(clickhouse, minute(n))
  assert.equal((await onlyPoolRow(clickhouse, minute(1))).output_tokens_per_s, null)
  await insertSamples(clickhouse, [engineRow({ sampled_at: minute(0), kv_cache_use_ratio: 0.2, output_tokens_total: 0 })])
  const settled = await settle(clickhouse, minute(0))
  assert.deepEqual(settled.dependents, [1, 2, 3, 4, 15].map(minute))
  for (const dependent of settled.dependents) await settle(clickhouse, dependent)
  assert.equal((await onlyPoolRow(clickhouse, minute(1))).output_tokens_per_s, 10)
  assert.deepEqual((await settle(clickhouse, minute(0))).dependents, [], 'nothing of theirs has changed since')
  await insertAttempts(clickhouse, [attemptRow({ started_at: minute(0), is_sole_row: true })])
  assert.deepEqual((await settle(clickhouse, minute(0))).dependents, [])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { engineRow, insertSamples, onlyPoolRow, type PoolRow } from './engine-rows.ts'
import { at, first, settle } from './pool-rig.ts'

test('a moment that comes in parts is one reading, and a part that comes again with another value changes nothing', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const whole = [
    engineRow({ ...first, sampled_at: at(-30), running: 1, waiting: 0, output_tokens_total: 100, kv_cache_use_ratio: 0.1 }),
    engineRow({ ...first, sampled_at: at(0), running: 4, waiting: 2, output_tokens_total: 700, kv_cache_use_ratio: 0.5 }),
    engineRow({ ...first, sampled_at: at(30), running: 2, waiting: 1, output_tokens_total: 900, kv_cache_use_ratio: 0.3 }),
  ]
  const parts = whole.flatMap(({ running, waiting, output_tokens_total, kv_cache_use_ratio, ...rest }) => [
    engineRow({ ...rest, running, offset: 1 }),
    engineRow({ ...rest, waiting, output_tokens_total, offset: 2 }),
    engineRow({ ...rest, kv_cache_use_ratio, offset: 3 }),
    engineRow({ ...rest, running: 99, offset: 4 }),
  ])
  await insertSamples(clickhouse, whole)
  await settle(clickhouse)
  const expected = await onlyPoolRow(clickhouse)
  assert.deepEqual([expected['samples' as keyof PoolRow], expected.output_tokens_per_s], [2, 800 / 60])
  const { clickhouse: other } = await openTestClickHouse(t)
  await insertSamples(other, parts.toReversed())
  await settle(other)
  assert.deepEqual(await onlyPoolRow(other), expected)
})

test('a counter that one sample lacks loses no growth, and two engines on one endpoint are two', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const finished = (second: number, total: number | null) =>
    engineRow({ ...first, sampled_at: at(second), running: 1, requests_finished_total: total })
  await insertSamples(clickhouse, [
    finished(-15, 100),
    finished(0, null),
    finished(15, 160),
    finished(30, 170),
    engineRow({ ...first, engine: 'sglang', sampled_at: at(15), running: 5, requests_finished_total: 1_000 }),
    engineRow({ ...first, engine: 'sglang', sampled_at: at(30), running: 5, requests_finished_total: 1_003 }),
  ])
  await settle(clickhouse)
  const row: Record<string, unknown> = { ...(await onlyPoolRow(clickhouse)) }
  // 60 over the sample without it, 10, and 3 of the other engine; one request on the one and five on the other.
  assert.deepEqual([row['requests_finished'], row['engines'], row['running']], [73, 2, 6])
})

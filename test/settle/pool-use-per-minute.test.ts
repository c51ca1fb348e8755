import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { MINUTE, SECOND } from '../../services/platform/clock.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { noPrices, WINDOW_MS } from './attempt-rows.ts'
import { engineRow, insertSamples } from './engine-rows.ts'
import { gpuRow, insertGpuSamples } from './gpu-rows.ts'
import { settleWindow } from './settle-one.ts'

let clock = WINDOW_MS
const now = () => ++clock
const at = (second: number) => WINDOW_MS + second * SECOND
const settle = async (clickhouse: ClickHouse, options = {}) => await settleWindow(WINDOW_MS, { clickhouse, prices: noPrices, now }, options)

interface UseRow {
  pool: string
  gpus: number | null
  gpu_busy_ratio: string | null
  engines: number
  engine_busy_ratio: string | null
  prefill_seconds: string | null
  decode_seconds: string | null
}

/** Current rows of the window, decimals as texts. */
async function useRows(clickhouse: ClickHouse): Promise<UseRow[]> {
  return await clickhouse.query<UseRow>(
    `SELECT pool, gpus, toString(gpu_busy_ratio) AS gpu_busy_ratio, engines, toString(engine_busy_ratio) AS engine_busy_ratio,
       toString(prefill_seconds) AS prefill_seconds, toString(decode_seconds) AS decode_seconds
     FROM {database}.pool_use_per_minute_current WHERE window_start = {window:DateTime('UTC')} ORDER BY pool`,
    { window: WINDOW_MS / 1000 },
  )
}

async function onlyUse(clickhouse: ClickHouse): Promise<UseRow> {
  const rows = await useRows(clickhouse)
  assert.equal(rows.length, 1)
  return rows[0] as UseRow
}

test('GPUs are counted once each, and their busy ratio is the mean over GPUs of the mean over readings', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await insertGpuSamples(clickhouse, [
    // 0.75 over three readings; engine activity counts before utilisation.
    gpuRow({ sampled_at: at(0), engine_active_ratio: 0.5, utilisation_ratio: 1 }),
    gpuRow({ sampled_at: at(20), engine_active_ratio: 0.75 }),
    gpuRow({ sampled_at: at(40), utilisation_ratio: 1 }),
    // 0.25 in one reading, which was delivered twice, and again with another value.
    gpuRow({ gpu_uuid: 'GPU-2', sampled_at: at(10), engine_active_ratio: 0.25, offset: 700 }),
    gpuRow({ gpu_uuid: 'GPU-2', sampled_at: at(10), engine_active_ratio: 0.25, offset: 700 }),
    gpuRow({ gpu_uuid: 'GPU-2', sampled_at: at(10), engine_active_ratio: 0.9, offset: 701 }),
    // A GPU that gives memory only is there, but says nothing about its work.
    gpuRow({ gpu_uuid: 'GPU-3', sampled_at: at(10), memory_used_bytes: 1 }),
    // Without a UUID the host and number tell GPUs apart; other pools are others' business.
    gpuRow({ pool: 'gpu-b', gpu_uuid: '', gpu_index: '0', utilisation_ratio: 0 }),
    gpuRow({ pool: 'gpu-b', gpu_uuid: '', gpu_index: '1', utilisation_ratio: 1 }),
    gpuRow({ pool: 'gpu-b', gpu_uuid: '', gpu_index: '1', host: 'node-2', utilisation_ratio: 1 }),
    // Before the window.
    gpuRow({ sampled_at: at(-1), engine_active_ratio: 1 }),
  ])
  await settle(clickhouse)
  const rows = await useRows(clickhouse)
  assert.deepEqual(
    rows.map(row => [row.pool, row.gpus, row.gpu_busy_ratio, row.engines, row.engine_busy_ratio]),
    [
      ['gpu-a', 3, '0.5', 0, null],
      ['gpu-b', 3, '0.666666666666666666', 0, null],
    ],
  )
})

test('the instances of a divided GPU are one GPU', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const instances = [0.2, 0.4, 0.9].map((ratio, n) => gpuRow({ gpu_instance: String(n + 1), engine_active_ratio: ratio }))
  await insertGpuSamples(clickhouse, instances)
  await settle(clickhouse)
  const row = await onlyUse(clickhouse)
  assert.deepEqual([row.gpus, row.gpu_busy_ratio], [1, '0.5'])
})

test('engines are busy as their running limit is used, without a limit as their KV cache is', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const limited = { endpoint: '10.0.0.1:8000', running_limit: 10 }
  await insertSamples(clickhouse, [
    // 2 + 3 of two models on one engine, then more than the limit: 0.5 and 1.
    engineRow({ ...limited, model: 'a', sampled_at: at(0), running: 2, kv_cache_use_ratio: 0.9 }),
    engineRow({ ...limited, model: 'b', sampled_at: at(0), running: 3, kv_cache_use_ratio: 0.9 }),
    engineRow({ ...limited, model: 'a', sampled_at: at(30), running: 12 }),
    engineRow({ endpoint: '10.0.0.2:8000', sampled_at: at(0), running: 9, kv_cache_use_ratio: 0.25 }),
    // Gives neither.
    engineRow({ endpoint: '10.0.0.3:8000', sampled_at: at(0), running: 1 }),
  ])
  await settle(clickhouse)
  const row = await onlyUse(clickhouse)
  // (0.75 + 0.25) / 2
  assert.deepEqual([row.gpus, row.engines, row.engine_busy_ratio, row.prefill_seconds], [null, 3, '0.5', null])
})

test('prefill and decode seconds are what the counters grew by, over restarts, gaps and redeliveries', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const read = (second: number, prefill: number | null, decode: number | null, facts = {}) =>
    engineRow({ sampled_at: at(second), kv_cache_use_ratio: 0, prefill_seconds_sum: prefill, decode_seconds_sum: decode, ...facts })
  await insertSamples(clickhouse, [
    read(-30, 100.1, 1_000),
    read(0, 101.3, 1_010.5, { offset: 900 }),
    read(0, 101.3, 1_010.5, { offset: 900 }),
    read(15, null, 1_012),
    // Restarted.
    read(30, 0.25, 3),
    // Another engine, first read in the window: nothing is known of its growth yet.
    read(10, 5_000, 5_000, { endpoint: '10.0.0.2:8000' }),
    read(40, 5_000.5, 5_000, { endpoint: '10.0.0.2:8000' }),
    // No reading at all.
    read(50, 1e300, -1, { endpoint: '10.0.0.3:8000' }),
  ])
  await settle(clickhouse)
  const row = await onlyUse(clickhouse)
  // 1.2 + 0.25 + 0.5 and 10.5 + 1.5 + 3 + 0
  assert.deepEqual([Number(row.prefill_seconds), row.decode_seconds], [1.95, '15'])
})

test('settling twice, and from parts written in another order, gives identical rows', async t => {
  const gpus = Array.from({ length: 300 }, (_, n) =>
    gpuRow({
      pool: `pool-${n % 2}`,
      gpu_uuid: `GPU-${n % 7}`,
      sampled_at: at((n * 7919) % 60),
      utilisation_ratio: ((n * 31) % 97) / 97,
      engine_active_ratio: n % 3 === 0 ? ((n * 29) % 89) / 89 : null,
    }),
  )
  const engines = Array.from({ length: 300 }, (_, n) =>
    engineRow({
      pool: `pool-${n % 2}`,
      endpoint: `10.0.0.${n % 5}:8000`,
      sampled_at: at(((n * 104_729) % 120) - 60),
      running: n % 11,
      running_limit: 13,
      prefill_seconds_sum: ((n * 7) % 1_000) / 7,
      decode_seconds_sum: ((n * 13) % 1_000) / 3,
    }),
  )
  const results: UseRow[][] = []
  for (const isReversed of [false, true]) {
    const { clickhouse } = await openTestClickHouse(t)
    const [g, e] = isReversed ? [gpus.toReversed(), engines.toReversed()] : [gpus, engines]
    for (let from = 0; from < 300; from += isReversed ? 41 : 300) {
      await insertGpuSamples(clickhouse, g.slice(from, from + (isReversed ? 41 : 300)))
      await insertSamples(clickhouse, e.slice(from, from + (isReversed ? 41 : 300)))
    }
    for (let time = 0; time < 2; time++) {
      await settle(clickhouse)
      results.push(await useRows(clickhouse))
    }
  }
  assert.equal(results[0]?.length, 2)
  for (const result of results) assert.deepEqual(result, results[0])
})

test('a GPU sample that comes late makes a new version, and nothing new makes none', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await insertGpuSamples(clickhouse, [gpuRow({ utilisation_ratio: 0.5 })])
  const first = await settle(clickhouse)
  const same = await settle(clickhouse, { onlyIfChanged: true })
  assert.equal(same.settle_version, first.settle_version)
  await insertGpuSamples(clickhouse, [gpuRow({ gpu_uuid: 'GPU-2', utilisation_ratio: 1, sampled_at: at(59) })])
  // Of a later window: not read.
  await insertGpuSamples(clickhouse, [gpuRow({ gpu_uuid: 'GPU-3', utilisation_ratio: 1, sampled_at: WINDOW_MS + MINUTE })])
  const changed = await settle(clickhouse, { onlyIfChanged: true })
  assert.notEqual(changed.settle_version, first.settle_version)
  const row = await onlyUse(clickhouse)
  assert.deepEqual([row.gpus, row.gpu_busy_ratio], [2, '0.75'])
})

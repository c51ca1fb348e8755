import assert from 'node:assert/strict'
import { type EngineSampleRow, engineSampleColumns } from '../../schemas/engine-sample.ts'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { windowStart } from '../../services/platform/clock.ts'
import { WINDOW_MS } from './attempt-rows.ts'

let nextOffset = 0

/** A reading of one engine that gives no signal; `facts` overrides. */
export function engineRow(facts: Partial<EngineSampleRow>): EngineSampleRow {
  const sampled_at = facts.sampled_at ?? WINDOW_MS
  return {
    pool: 'gpu-a',
    model: 'llama-70b',
    endpoint: '10.0.0.1:8000',
    engine: 'vllm',
    engine_index: '0',
    region: '',
    sampled_at,
    running: null,
    waiting: null,
    running_limit: null,
    kv_cache_use_ratio: null,
    preemptions_total: null,
    input_tokens_total: null,
    output_tokens_total: null,
    prefix_cache_queries_total: null,
    prefix_cache_hits_total: null,
    queue_seconds_sum: null,
    queue_seconds_count: null,
    ttft_seconds_sum: null,
    ttft_seconds_count: null,
    requests_finished_total: null,
    requests_failed_total: null,
    itl_seconds_sum: null,
    itl_seconds_count: null,
    e2e_seconds_sum: null,
    e2e_seconds_count: null,
    ttft_seconds_buckets: {},
    itl_seconds_buckets: {},
    finish_reasons: {},
    window_start: windowStart(sampled_at),
    log_epoch: 'test',
    topic: 'weir.engine-metrics.v1',
    partition: 0,
    offset: facts.offset ?? nextOffset++,
    row_no: 0,
    received_at: sampled_at,
    ...facts,
  }
}

/** Writes samples as the worker does. */
export async function insertSamples(clickhouse: ClickHouse, rows: readonly EngineSampleRow[]): Promise<void> {
  await clickhouse.insert(
    'engine_samples_raw',
    engineSampleColumns,
    rows.map(row => engineSampleColumns.map(column => (column === 'window_start' ? row.window_start / 1000 : row[column]))),
  )
}

/** A row of `pool_per_minute`, as far as tests name its columns. */
export interface PoolRow {
  pool: string
  model: string
  attempts: number
  tenants: readonly { tenant_id: string; attempts: number; tokens: number }[]
  saturation: number | null
  minutes_to_saturation: number | null
  input_tokens_per_s: number | null
  output_tokens_per_s: number | null
  arrival_tokens_per_s: number
}

/** Current rows of a minute by pool and model, all columns but the version. */
export async function poolRows(clickhouse: ClickHouse, start = WINDOW_MS): Promise<PoolRow[]> {
  return await clickhouse.query<PoolRow>(
    `SELECT * EXCEPT (window_start, settle_version) FROM {database}.pool_per_minute_current
     WHERE window_start = {window:DateTime('UTC')} ORDER BY pool, model`,
    { window: start / 1000 },
  )
}

/** The row of a minute that has exactly one. */
export async function onlyPoolRow(clickhouse: ClickHouse, start = WINDOW_MS): Promise<PoolRow> {
  const rows = await poolRows(clickhouse, start)
  assert.equal(rows.length, 1)
  return rows[0] as PoolRow
}

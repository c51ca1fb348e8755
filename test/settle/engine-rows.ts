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

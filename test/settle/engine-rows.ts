import assert from 'node:assert/strict'
import {
  type EngineMapSignal,
  type EngineSampleRow,
  type EngineSignal,
  engineMapSignals,
  engineSampleColumns,
  engineSignals,
} from '../../schemas/engine-sample.ts'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { WINDOW_MS } from './attempt-rows.ts'
import { insertSampleRows, sampleRow } from './sample-rows.ts'

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
    ...(Object.fromEntries(engineSignals.map(signal => [signal, null])) as Record<EngineSignal, null>),
    ...(Object.fromEntries(engineMapSignals.map(signal => [signal, {}])) as Record<EngineMapSignal, Record<string, number>>),
    ...sampleRow(sampled_at),
    ...facts,
  }
}

/** Writes samples as the worker does. */
export async function insertSamples(clickhouse: ClickHouse, rows: readonly EngineSampleRow[]): Promise<void> {
  await insertSampleRows(clickhouse, 'engine_samples_raw', engineSampleColumns, rows)
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

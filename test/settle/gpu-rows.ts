import { type GpuSampleRow, gpuSampleColumns } from '../../schemas/gpu-sample.ts'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { WINDOW_MS } from './attempt-rows.ts'
import { insertSampleRows, sampleRow } from './sample-rows.ts'

/** A reading of one GPU that gives no signal; `facts` overrides. */
export function gpuRow(facts: Partial<GpuSampleRow>): GpuSampleRow {
  const sampled_at = facts.sampled_at ?? WINDOW_MS
  return {
    pool: 'gpu-a',
    host: 'node-1',
    gpu_uuid: 'GPU-1',
    gpu_index: '0',
    gpu_instance: '',
    gpu_model: 'NVIDIA H100 80GB HBM3',
    namespace: '',
    pod: '',
    container: '',
    endpoint: 'node-1:9400',
    exporter: 'dcgm',
    region: '',
    sampled_at,
    utilisation_ratio: null,
    engine_active_ratio: null,
    memory_used_bytes: null,
    memory_total_bytes: null,
    power_watts: null,
    energy_joules_total: null,
    ...sampleRow(sampled_at),
    ...facts,
  }
}

/** Writes samples as the worker does. */
export async function insertGpuSamples(clickhouse: ClickHouse, rows: readonly GpuSampleRow[]): Promise<void> {
  await insertSampleRows(clickhouse, 'gpu_samples_raw', gpuSampleColumns, rows)
}

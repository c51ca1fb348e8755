/**
 * What one GPU showed at one moment, or one of the instances that it is divided into. `gpu_samples_raw` has one column each.
 * Counters are kept as read. null: the exporter does not give that signal, which is not zero.
 */
import Type, { type Static } from 'typebox'
import { type SampleRow, sampleRowColumns } from './log-position.ts'

const Signal = (description: string) => Type.Union([Type.Number(), Type.Null()], { description, default: null })
const Name = (description: string) => Type.String({ description, default: '' })

const signals = {
  utilisation_ratio: Signal('share of time in which anything ran on the GPU, 0 to 1 (gauge)'),
  engine_active_ratio: Signal('share of time in which its compute engine was busy, 0 to 1; the one that instances have (gauge)'),
  memory_used_bytes: Signal('memory in use (gauge)'),
  memory_total_bytes: Signal('memory that it has (gauge)'),
  power_watts: Signal('power drawn (gauge)'),
  energy_joules_total: Signal('energy used since the driver was loaded (counter)'),
}

export const GpuSampleContent = Type.Object({
  pool: Type.String({ description: 'label pool of the series, else the pool of the target' }),
  host: Name('machine that the GPU is in'),
  gpu_uuid: Name('the GPU, the same wherever it is read'),
  gpu_index: Name('number of the GPU on its host'),
  gpu_instance: Name('part of a divided GPU (MIG); empty: the whole'),
  gpu_model: Name('product name of the GPU'),
  namespace: Name('Kubernetes namespace that it works for, where that is one'),
  pod: Name('pod that it works for, where that is one'),
  container: Name('container that it works for, where that is one'),
  endpoint: Type.String({ description: 'scrape target, host:port' }),
  exporter: Type.String({ description: 'what showed it: dcgm, …' }),
  region: Type.String({ default: '' }),
  sampled_at: Type.Integer({ description: 'when the target was read, ms since 1970 UTC' }),
  ...signals,
})
export type GpuSampleContent = Static<typeof GpuSampleContent>

/** A column of a GPU sample that holds a number. */
export type GpuSignal = keyof typeof signals

/** A row of `gpu_samples_raw`: the sample with its row identity. */
export type GpuSampleRow = GpuSampleContent & SampleRow

/** Names of all columns of `gpu_samples_raw`, in table order. */
export const gpuSampleColumns: readonly (keyof GpuSampleRow)[] = sampleRowColumns<keyof GpuSampleContent>(GpuSampleContent.properties)

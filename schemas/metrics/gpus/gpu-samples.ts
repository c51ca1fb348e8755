import type { GpuSampleContent } from '../../gpu-sample.ts'
import type { Series } from '../engines/exposition-series.ts'
import { columnsOf, endpointOf, type Target } from '../engines/samples.ts'
import { finite, type Group, labelOf, type SeriesReader } from '../engines/series-reader.ts'
import type { GpuTable } from './gpu-table.ts'

type Signal = GpuTable['signals'][number]['to']

const INDEX_LABELS = ['gpu', 'gpu_id']
const INSTANCE_LABELS = ['GPU_I_ID']
const MODEL_LABELS = ['modelName', 'model_name']
const POOL_LABELS = ['pool']
const COLUMNS = ['utilisation_ratio', 'engine_active_ratio', 'memory_used_bytes', 'power_watts', 'energy_joules_total'] as const

/** One sample per GPU, or per instance of a divided one, that has at least one number, in order of appearance. */
export function gpuSamplesOf(
  reader: SeriesReader<Signal, GpuTable>,
  series: readonly Series[],
  target: Omit<Target, 'engine' | 'model'>,
): GpuSampleContent[] {
  const { table } = reader
  const groups = reader.read(series, one => {
    const gpu_uuid = labelOf(one, table.uuidLabels)
    return {
      host: labelOf(one, table.hostLabels) || hostOf(endpointOf(one, target)),
      endpoint: endpointOf(one, target),
      gpu_uuid,
      // The number says nothing that the UUID does not, but it is all there is of a GPU without one.
      gpu: gpu_uuid === '' ? labelOf(one, INDEX_LABELS) : '',
      gpu_instance: labelOf(one, INSTANCE_LABELS),
    }
  })
  return groups.filter(group => group.hasNumber).map(group => sampleOf(table.name, group, target))
}

function sampleOf(exporter: string, group: Group<Signal>, target: Omit<Target, 'engine' | 'model'>): GpuSampleContent {
  const { identity } = group
  return {
    pool: only(group, POOL_LABELS) || target.pool,
    host: identity['host'] ?? '',
    gpu_uuid: identity['gpu_uuid'] ?? '',
    gpu_index: only(group, INDEX_LABELS),
    gpu_instance: identity['gpu_instance'] ?? '',
    gpu_model: only(group, MODEL_LABELS),
    namespace: only(group, ['namespace']),
    pod: only(group, ['pod']),
    container: only(group, ['container']),
    endpoint: identity['endpoint'] ?? '',
    exporter,
    region: target.region ?? '',
    sampled_at: target.sampledAtMs,
    ...columnsOf(COLUMNS, group.numberOf),
    memory_total_bytes: totalMemoryOf(group),
  }
}

/** The exporter's own total, else its parts. Before the reserved part had a series it was counted as used. */
function totalMemoryOf(group: Group<Signal>): number | null {
  const total = group.numberOf('memory_total_bytes')
  const used = group.numberOf('memory_used_bytes')
  const free = group.numberOf('memory_free_bytes')
  if (total !== null || used === null || free === null) return total
  return finite(used + free + (group.numberOf('memory_reserved_bytes') ?? 0))
}

/** The labels' value where all series that have one agree; a GPU that two pods share belongs to neither. */
function only(group: Group<Signal>, labels: readonly string[]): string {
  const values = new Set(group.series.map(one => labelOf(one, labels)).filter(value => value !== ''))
  return values.size === 1 ? ([...values][0] as string) : ''
}

function hostOf(endpoint: string): string {
  return endpoint.replace(/:\d+$/, '')
}

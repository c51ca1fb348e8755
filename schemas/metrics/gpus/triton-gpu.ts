import { largest } from '../engines/series-table.ts'
import type { GpuTable } from './gpu-table.ts'

/** The GPUs that a Triton Inference Server sees (server `docs/user_guide/metrics.md`): ratio, bytes, watts and joules as they are. */
export const tritonGpu: GpuTable = {
  name: 'triton',
  doc: 'Triton Inference Server /metrics, series of its GPUs.',
  prefixes: ['nv_'],
  hostLabels: [],
  uuidLabels: ['gpu_uuid'],
  signals: [
    largest('utilisation_ratio', 'gpu_utilization'),
    largest('memory_used_bytes', 'gpu_memory_used_bytes'),
    largest('memory_total_bytes', 'gpu_memory_total_bytes'),
    largest('power_watts', 'gpu_power_usage'),
    largest('energy_joules_total', 'energy_consumption'),
  ],
  known: ['gpu_power_limit'],
}

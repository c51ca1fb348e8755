import type { GpuSignal } from '../../gpu-sample.ts'
import type { SeriesTable } from '../engines/series-table.ts'

/** A GPU exporter's exposition as a table. */
export interface GpuTable extends SeriesTable<GpuSignal | 'memory_free_bytes' | 'memory_reserved_bytes'> {
  /** Labels that name the machine, best first; without one it is the host of the target. */
  hostLabels: readonly string[]
  /** Labels that hold the UUID, best first. */
  uuidLabels: readonly string[]
}

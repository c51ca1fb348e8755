import { buildSeriesReader } from '../engines/series-reader.ts'
import { dcgm } from './dcgm.ts'
import type { GpuTable } from './gpu-table.ts'
import { tritonGpu } from './triton-gpu.ts'

/** Everything that tells about GPUs. */
export const gpuTables: readonly GpuTable[] = [dcgm, tritonGpu]

/** What reads their series. */
export const gpuReaders = gpuTables.map(table => buildSeriesReader<GpuTable['signals'][number]['to'], GpuTable>(table))

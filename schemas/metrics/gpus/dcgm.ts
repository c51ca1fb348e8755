import { largest } from '../engines/series-table.ts'
import type { GpuTable } from './gpu-table.ts'

const PERCENT = 100
/** The framebuffer is given in MiB. */
const BYTES = 1 / (1024 * 1024)
const MILLIJOULES = 1000

/** DCGM's blank values (`dcgmlib/dcgm_structs.h`) are the last 16 of int64, which as a double are all this number. */
const INT64_BLANK = 2 ** 63
/** Those of its doubles: blank, not found, not supported, not permitted. */
const FP64_BLANK = 140_737_488_355_328
const LAST_FP64_BLANK = FP64_BLANK + 3

/**
 * NVIDIA's DCGM exporter (NVIDIA/dcgm-exporter `etc/default-counters.csv`). Where several pods share a GPU, each has series of its own with
 * the same value. Which series there are is configured; those of MIG instances have the labels GPU_I_ID and GPU_I_PROFILE.
 */
export const dcgm: GpuTable = {
  name: 'dcgm',
  doc: 'NVIDIA DCGM exporter /metrics.',
  prefixes: ['DCGM_'],
  hostLabels: ['hostname', 'Hostname'],
  uuidLabels: ['UUID', 'uuid', 'gpu_uuid'],
  isBlank: value => value >= INT64_BLANK || (value >= FP64_BLANK && value <= LAST_FP64_BLANK),
  signals: [
    { ...largest('utilisation_ratio', 'FI_DEV_GPU_UTIL'), perUnit: PERCENT },
    largest('engine_active_ratio', 'FI_PROF_GR_ENGINE_ACTIVE'),
    { ...largest('memory_used_bytes', 'FI_DEV_FB_USED'), perUnit: BYTES },
    { ...largest('memory_total_bytes', 'FI_DEV_FB_TOTAL'), perUnit: BYTES },
    { ...largest('memory_free_bytes', 'FI_DEV_FB_FREE'), perUnit: BYTES },
    { ...largest('memory_reserved_bytes', 'FI_DEV_FB_RESERVED'), perUnit: BYTES },
    largest('power_watts', 'FI_DEV_POWER_USAGE'),
    { ...largest('energy_joules_total', 'FI_DEV_TOTAL_ENERGY_CONSUMPTION'), perUnit: MILLIJOULES },
  ],
  known: ['*'],
}

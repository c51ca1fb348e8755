import type { EngineCounters } from './engine-counters.ts'

/** What the `/metrics` of one model server shows at one moment; `sampled_at` in ms. */
export interface EngineReading {
  sampled_at: number
  pool: string
  model: string
  endpoint: string
  running: number
  waiting: number
  kv_cache_use_ratio: number
  kv_blocks: number
  counters: EngineCounters
}

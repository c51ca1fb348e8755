import type { Engine } from './engine.ts'

/** What the GPU exporter of an engine's host shows, and the truth behind it. */
export interface GpuReading {
  sampled_at: number
  pool: string
  host: string
  gpu_model: string
  /** GPUs of the engine; they work together, so each was as busy as the others. */
  gpus: number
  /** Part of the time since the reading before in which requests were running, 0 to 1. */
  active_ratio: number
  /** Truth: milliseconds since the start in which requests were running. */
  busy_ms: number
}

/** Reads the GPUs of engines; they are there, and idle, while the engine is down. */
export class GpuMeter {
  private readonly before = new Map<Engine<never>, { atMs: number; busyMs: number }>()
  private readonly startMs: number

  constructor(startMs: number) {
    this.startMs = startMs
  }

  /** The reading of one engine's GPUs, over the time since its last one. */
  read<Owner>(engine: Engine<Owner>, atMs: number): GpuReading {
    const key = engine as unknown as Engine<never>
    const before = this.before.get(key) ?? { atMs: this.startMs, busyMs: 0 }
    const busyMs = engine.busyMs(atMs)
    this.before.set(key, { atMs, busyMs })
    const { pool, endpoint } = engine
    return {
      sampled_at: Math.round(atMs),
      pool: pool.name,
      host: endpoint.replace(/:\d+$/, ''),
      gpu_model: pool.gpu_model,
      gpus: pool.gpus_per_engine,
      active_ratio: atMs > before.atMs ? Math.min(1, (busyMs - before.busyMs) / (atMs - before.atMs)) : 0,
      busy_ms: busyMs,
    }
  }
}

import { SECOND } from '../platform/clock.ts'
import type { Settings } from '../platform/env.ts'
import type { WorkerConfig } from './consume.ts'

const MIB = 1024 * 1024

/** Messages of a batch, in bytes as received. Their rows take about three times as much, and two batches are held at once. */
const MAX_BATCH_BYTES = 32 * MIB
/** Kubernetes kills a pod 30 s after SIGTERM. */
const DRAIN_MS = 20 * SECOND

/** The worker's own configuration from the settings. */
export function workerConfigFrom(settings: Settings['worker']): WorkerConfig {
  return {
    gather: { maxRows: settings.maxInsertRows, maxSizeBytes: MAX_BATCH_BYTES, maxAgeMs: settings.maxInsertDelayMs },
    deadLetterLimit: { maxRatio: settings.maxDeadLetterRatio, windowLines: settings.deadLetterWindowLines },
    drainMs: DRAIN_MS,
  }
}

import { SECOND } from '../platform/clock.ts'
import type { Settings } from '../platform/env.ts'
import type { WorkerConfig } from './consume.ts'

const MIB = 1024 * 1024

/** Messages of a batch, in bytes as received: about 20,000 lines. Rows and their JSON text take several times as much, and two batches are held at once. */
const MAX_BATCH_BYTES = 16 * MIB
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

import { SECOND } from '../platform/clock.ts'
import type { Settings } from '../platform/env.ts'
import type { WorkerConfig } from './consume.ts'

const MIB = 1024 * 1024

/**
 * Messages of a batch, in bytes as received: about 30,000 lines. Their rows, packed, take half as much again,
 * and two batches are held at once.
 */
const MAX_BATCH_BYTES = 48 * MIB
/** From here on a batch may grow for longer: 10,000 lines a second. */
const MANY_ROWS = 5_000
/** Kubernetes kills a pod 30 s after SIGTERM. */
const DRAIN_MS = 20 * SECOND
const LOOK_INTERVAL_MS = 5 * SECOND

/** The worker's own configuration from the settings. */
export function workerConfigFrom(settings: Settings['worker']): WorkerConfig {
  return {
    gather: { maxRows: settings.maxInsertRows, maxSizeBytes: MAX_BATCH_BYTES, maxAgeMs: settings.maxInsertDelayMs, manyRows: MANY_ROWS },
    deadLetterLimit: {
      maxRatio: settings.maxDeadLetterRatio,
      windowLines: settings.deadLetterWindowLines,
      sourceWindowLines: settings.sourceWindowLines,
    },
    drainMs: DRAIN_MS,
    lookIntervalMs: LOOK_INTERVAL_MS,
  }
}

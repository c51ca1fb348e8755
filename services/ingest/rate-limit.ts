import { type Now, SECOND } from '../platform/clock.ts'
import { AppError } from '../platform/errors.ts'

/** Bytes per second and sender. */
export interface RateLimit {
  /** Throws INGEST_RATE_EXCEEDED while the sender has spent more than it may. */
  admit(sender: string): void
  /** Counts bytes that the sender has sent. */
  spend(sender: string, bytes: number): void
}

/** How many seconds' worth a sender may send at once. */
const BURST_S = 10

/**
 * Builds a token bucket per sender. A body is admitted while the bucket is not overdrawn and may overdraw it, since its size is known only
 * after it was read. `maxBytesPerSecond` 0: no limit.
 */
export function buildRateLimit(config: { maxBytesPerSecond: number }, now: Now): RateLimit {
  const rate = config.maxBytesPerSecond
  const buckets = new Map<string, { bytes: number; atMs: number }>()
  const bucketOf = (sender: string) => {
    const bucket = buckets.get(sender) ?? { bytes: rate * BURST_S, atMs: now() }
    bucket.bytes = Math.min(rate * BURST_S, bucket.bytes + (rate * (now() - bucket.atMs)) / SECOND)
    bucket.atMs = now()
    buckets.set(sender, bucket)
    return bucket
  }
  return {
    admit(sender) {
      if (rate > 0 && bucketOf(sender).bytes < 0)
        throw new AppError('INGEST_RATE_EXCEEDED', `the sender exceeds ${rate} bytes per second: try again later`)
    },
    spend(sender, bytes) {
      if (rate > 0) bucketOf(sender).bytes -= bytes
    },
  }
}

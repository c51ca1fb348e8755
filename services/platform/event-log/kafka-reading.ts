import type { EachBatchPayload } from 'kafkajs'
import { delay } from '../clock.ts'
import { AppError } from '../errors.ts'
import { fetchedOffset, partsOf } from './kafka-batch.ts'
import type { KafkaTenure, KafkaTenures } from './kafka-tenures.ts'
import type { ConsumeHandlers } from './port.ts'

/**
 * How long a handler may keep the library's fetch loop, in milliseconds. A faster one gets the next batch at once; for a slower one the
 * partition is paused meanwhile, so that heartbeats and the other partitions go on.
 */
const HOLD_MS = 50

/** Builds the library's `eachBatch`: hands batches to `onBatch`, one at a time per partition, in order and without holes. */
export function buildEachBatch(
  config: { group: string; maxBatchBytes: number },
  deps: { tenures: KafkaTenures; handlers: ConsumeHandlers; onFailure: (thrown: unknown) => void },
): (payload: EachBatchPayload) => Promise<void> {
  /** The last hand-over of each partition; the next waits for it, also across a rebalance. */
  const handOvers = new Map<string, Promise<void>>()

  async function eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch, resolveOffset, pause } = payload
    const tenure = deps.tenures.get(batch.topic, batch.partition)
    // A batch that was fetched for an earlier assignment: left unresolved, so the library's position stays where it is.
    if (!tenure || !isExpected(tenure, fetchedOffset(batch))) return
    tenure.sendCommit = payload.commitOffsetsIfNecessary
    tenure.expectedOffset = Number(batch.lastOffset()) + 1
    resolveOffset(batch.lastOffset())
    const key = `${batch.topic}/${batch.partition}`
    const handOver = deliverAfter(handOvers.get(key), tenure, payload)
    handOvers.set(key, handOver)
    if (await isDoneWithin(HOLD_MS, handOver)) return
    const resume = pause()
    void handOver.then(() => tenure.isCurrent && resume())
  }

  function isExpected(tenure: KafkaTenure, offset: number): boolean {
    const { topic, partition, expectedOffset } = tenure
    if (expectedOffset === undefined || offset === expectedOffset) return true
    if (offset > expectedOffset) {
      const what = `records from offset ${expectedOffset} to ${offset} were removed before they were read`
      if (deps.handlers.onGap) {
        deps.handlers.onGap(topic, partition, what)
        return true
      }
      deps.onFailure(new AppError('EVENT_LOG_GAP', `Group ${config.group} cannot go on in partition ${partition} of ${topic}: ${what}.`))
    }
    return false
  }

  async function deliverAfter(previous: Promise<void> | undefined, tenure: KafkaTenure, { batch }: EachBatchPayload): Promise<void> {
    await previous
    try {
      for (const part of partsOf(batch, config.maxBatchBytes)) {
        if (!tenure.isCurrent) return
        await deps.handlers.onBatch(part)
      }
    } catch (thrown) {
      if (tenure.isCurrent) deps.onFailure(thrown)
    }
  }

  return eachBatch
}

async function isDoneWithin(waitMs: number, work: Promise<void>): Promise<boolean> {
  const done = new AbortController()
  const finished = work.then(() => true)
  const timedOut = delay(waitMs, done.signal).then(() => false)
  const result = await Promise.race([finished, timedOut])
  done.abort()
  return result
}

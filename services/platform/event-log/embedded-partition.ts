import { setImmediate } from 'node:timers/promises'
import { delay } from '../clock.ts'
import { AppError } from '../errors.ts'
import type { TopicPartition } from './embedded-members.ts'
import type { RecordStore } from './embedded-records.ts'
import type { WakeUp } from './embedded-wake.ts'
import type { ConsumeHandlers, RecordBatch } from './port.ts'

/** How a partition is read. */
export interface PartitionReadConfig {
  at: TopicPartition
  group: string
  maxBatchBytes: number
  maxWaitMs: number
}

/** What reading a partition needs. */
export interface PartitionReadDeps extends Pick<ConsumeHandlers, 'onGap'> {
  records: RecordStore
  wakeUp: WakeUp
  onBatch: (batch: RecordBatch) => Promise<void>
}

/**
 * Reads one partition from the group's position on and hands over one batch after the other, until `signal` aborts.
 * Throws what `onBatch` throws, EVENT_LOG_UNAVAILABLE when the file cannot be read, and EVENT_LOG_GAP when records that the group has not
 * read are gone or its position lies beyond the log, unless `onGap` is told instead.
 */
export async function runPartition(config: PartitionReadConfig, deps: PartitionReadDeps, signal: AbortSignal): Promise<void> {
  const { at, maxBatchBytes, maxWaitMs } = config
  let position = startOf(config, deps)
  const isCompacted = deps.records.isCompacted(at.topic)
  let wasFull = false
  while (!signal.aborted) {
    const end = deps.records.endOffset(at.topic, at.partition)
    if (end <= position) {
      await nextChange(deps.wakeUp, signal)
      continue
    }
    if (!wasFull && maxWaitMs > 0) await delay(maxWaitMs, signal)
    if (signal.aborted) return
    const read = deps.records.read(at.topic, at.partition, position, maxBatchBytes)
    if (read.records[0]?.offset !== position && !isCompacted) {
      meetGap(config, `records from offset ${position} to ${read.first} were removed before they were read`, deps)
      position = read.first
      continue
    }
    if (read.records.length > 0)
      await deps.onBatch({ topic: at.topic, partition: at.partition, records: read.records, endOffset: read.end })
    // Nothing there below an end that was known before: all of it was compacted away.
    position = (read.records.at(-1)?.offset ?? end - 1) + 1
    wasFull = read.isFull
    // A handler that resolves at once must not keep timers, heartbeats among them, from running.
    await setImmediate()
  }
}

function startOf(config: PartitionReadConfig, deps: PartitionReadDeps): number {
  const offsets = deps.records.offsets(config.at.topic, config.group)[config.at.partition]
  if (!offsets) throw new AppError('EVENT_LOG_UNAVAILABLE', `Topic ${config.at.topic} has no partition ${config.at.partition}.`)
  const { first, end, committed } = offsets
  if (committed === undefined) return first
  if (committed >= first && committed <= end) return committed
  const isBeyond = committed > end
  const removed = `records from offset ${committed} to ${first} were removed before they were read`
  meetGap(config, isBeyond ? `its committed offset ${committed} lies beyond the end ${end}` : removed, deps)
  return first
}

/** Tells the reader, or throws where it does not ask to be told. */
function meetGap({ at, group }: PartitionReadConfig, what: string, { onGap }: PartitionReadDeps): void {
  if (onGap) onGap(at.topic, at.partition, what)
  else throw new AppError('EVENT_LOG_GAP', `Group ${group} cannot go on in partition ${at.partition} of ${at.topic}: ${what}.`)
}

function nextChange(wakeUp: WakeUp, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const ignore = wakeUp.listen(done)
    signal.addEventListener('abort', done, { once: true })
    function done(): void {
      ignore()
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}

import type { Now } from '../clock.ts'
import { openEmbeddedConsumer } from './embedded-consumer.ts'
import { openEventLogDatabase } from './embedded-database.ts'
import { buildMemberStore } from './embedded-members.ts'
import { buildRecordStore } from './embedded-records.ts'
import { openRetention } from './embedded-retention.ts'
import { buildTopicStore } from './embedded-topics.ts'
import { buildWakeUp } from './embedded-wake.ts'
import { buildWriteQueue } from './embedded-write-queue.ts'
import type { ConsumeHandlers, ConsumeOptions, Consumer, EventLog, NewRecord, PartitionOffsets, TopicSpec } from './port.ts'
import { checkedSizeBytes } from './record-size.ts'

/** Where the embedded log lives and how often it looks for records to delete. */
export interface EmbeddedEventLogConfig {
  /** Directory of the one file; on a local disk, as network file systems do not keep SQLite's locks. */
  directory: string
  /** Milliseconds between looks for expired records; default 10 s. */
  retentionIntervalMs?: number
}

const DEFAULT_RETENTION_INTERVAL_MS = 10_000

/**
 * Opens the event log kept in one SQLite file. Several processes may open the same directory; killing one loses nothing that was
 * resolved and does not disturb the others. Its epoch is a random id stored in the file. Throws EVENT_LOG_UNAVAILABLE.
 */
export async function openEmbeddedEventLog(config: EmbeddedEventLogConfig, deps: { now: Now }): Promise<EventLog> {
  const { db, epoch } = openEventLogDatabase(config.directory)
  const topics = buildTopicStore(db)
  const records = buildRecordStore(db, topics, deps.now)
  const members = buildMemberStore(db, deps.now)
  const wakeUp = buildWakeUp(db)
  const queue = buildWriteQueue(db, wakeUp.notify)
  const retention = openRetention(config.retentionIntervalMs ?? DEFAULT_RETENTION_INTERVAL_MS, { db, queue, now: deps.now })
  const consumers: Consumer[] = []
  let isClosed = false

  async function createTopics(specs: readonly TopicSpec[]): Promise<void> {
    await queue.run(() => specs.forEach(topics.create))
  }

  async function append(topic: string, appended: readonly NewRecord[]): Promise<void> {
    const sizeBytes = checkedSizeBytes(topic, appended)
    await queue.run(() => records.append(topic, appended), sizeBytes)
  }

  async function consume(options: ConsumeOptions, handlers: ConsumeHandlers): Promise<Consumer> {
    const consumer = await openEmbeddedConsumer(options, handlers, { queue, records, members, wakeUp })
    consumers.push(consumer)
    return consumer
  }

  async function offsets(topic: string, group?: string): Promise<readonly PartitionOffsets[]> {
    return records.offsets(topic, group)
  }

  async function dispose(): Promise<void> {
    if (isClosed) return
    isClosed = true
    await Promise.all(consumers.map(consumer => consumer[Symbol.asyncDispose]()))
    retention[Symbol.dispose]()
    queue.close()
    wakeUp[Symbol.dispose]()
    db.close()
  }

  return { epoch, createTopics, append, consume, offsets, [Symbol.asyncDispose]: dispose }
}

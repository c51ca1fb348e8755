/**
 * The event log in memory, for tests of what stands on the port. It keeps the port's promises except durability, and passes its conformance
 * suite.
 */
import type { Now } from '../../services/platform/clock.ts'
import { AppError } from '../../services/platform/errors.ts'
import type { EventLog, LogRecord, NewRecord, PartitionOffsets, TopicSpec } from '../../services/platform/event-log/port.ts'
import { checkedSizeBytes } from '../../services/platform/event-log/record-size.ts'
import { buildGroups, type Groups, type MemoryPartition } from './in-memory-groups.ts'

/** What a test may set. `beforeAppend` runs before records are stored; when it rejects or hangs, so does the append. */
export interface InMemoryOptions {
  now?: Now
  epoch?: string
  topics?: readonly TopicSpec[]
  beforeAppend?: (topic: string, records: readonly NewRecord[]) => Promise<void>
}

/** The event log with a look inside. */
export type InMemoryEventLog = EventLog & {
  /** All records of a topic in the order in which they were appended, whatever retention has removed since. */
  recordsOf(topic: string): readonly LogRecord[]
  setCommitted: Groups['setCommitted']
}

interface MemoryTopic {
  spec: TopicSpec
  partitions: MemoryPartition[]
  appended: LogRecord[]
  nextSpread: number
}

/** Builds an empty log. */
export function buildInMemoryEventLog(options: InMemoryOptions = {}): InMemoryEventLog {
  const now = options.now ?? Date.now
  const topics = new Map<string, MemoryTopic>()
  const topicOf = (name: string) => {
    const topic = topics.get(name)
    if (!topic) throw new AppError('EVENT_LOG_UNAVAILABLE', `Topic ${name} does not exist in the event log.`)
    dropExpired(topic, now())
    return topic
  }
  const groups: Groups = buildGroups({ partitionsOf: name => topicOf(name).partitions })
  let isClosed = false
  const createTopics = (specs: readonly TopicSpec[]) => {
    for (const spec of specs) {
      const topic = topics.get(spec.name) ?? { spec, partitions: [], appended: [], nextSpread: 0 }
      while (topic.partitions.length < spec.partitions) topic.partitions.push({ first: 0, records: [] })
      topics.set(spec.name, topic)
    }
  }
  createTopics(options.topics ?? [])
  return {
    epoch: options.epoch ?? 'in-memory',
    async createTopics(specs) {
      createTopics(specs)
      groups.rebalance()
    },
    async append(name, records) {
      await options.beforeAppend?.(name, records)
      if (isClosed) throw new AppError('EVENT_LOG_UNAVAILABLE', 'the event log is closed')
      const topic = topicOf(name)
      checkedSizeBytes(name, records)
      const placed = records.map(record => partitionFor(record, topic))
      for (const [index, record] of records.entries()) store(record, placed[index] as number, topic, now())
      groups.wake()
    },
    async consume(consumeOptions, handlers) {
      for (const name of consumeOptions.topics) topicOf(name)
      return groups.join(consumeOptions, handlers)
    },
    async offsets(name, group) {
      return topicOf(name).partitions.map(
        ({ first, records }, partition): PartitionOffsets => ({
          partition,
          first,
          end: first + records.length,
          committed: group === undefined ? undefined : groups.committed(group, name, partition),
        }),
      )
    },
    recordsOf: name => topicOf(name).appended,
    setCommitted: groups.setCommitted,
    async [Symbol.asyncDispose]() {
      isClosed = true
      await groups.close()
    },
  }
}

function store(record: NewRecord, partition: number, topic: MemoryTopic, atMs: number): void {
  const { records, first } = topic.partitions[partition] as MemoryPartition
  const stored: LogRecord = {
    topic: topic.spec.name,
    partition,
    offset: first + records.length,
    timestampMs: atMs,
    key: record.key,
    value: Uint8Array.from(record.isTombstone ? [] : record.value),
    headers: { ...record.headers },
  }
  records.push(stored)
  topic.appended.push(stored)
}

function partitionFor({ key, partition }: NewRecord, topic: MemoryTopic): number {
  const count = topic.partitions.length
  if (partition !== undefined) {
    if (partition < 0 || partition >= count)
      throw new AppError('EVENT_LOG_UNAVAILABLE', `Topic ${topic.spec.name} has no partition ${partition}`)
    return partition
  }
  if (key === undefined) return topic.nextSpread++ % count
  let hash = 0
  for (const character of key) hash = (Math.imul(hash, 31) + (character.codePointAt(0) as number)) >>> 0
  return hash % count
}

function dropExpired(topic: MemoryTopic, nowMs: number): void {
  if (topic.spec.isCompacted) return
  for (const partition of topic.partitions) {
    const kept = partition.records.findIndex(record => record.timestampMs >= nowMs - topic.spec.retentionMs)
    const expired = kept < 0 ? partition.records.length : kept
    partition.records.splice(0, expired)
    partition.first += expired
  }
}

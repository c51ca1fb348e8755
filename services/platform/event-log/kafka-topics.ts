import type { Admin, ITopicMetadata } from 'kafkajs'
import { AppError } from '../errors.ts'
import { kafkaError } from './kafka-client.ts'
import type { PartitionOffsets, TopicSpec } from './port.ts'

/** How long a topic's number of partitions is taken as known, in milliseconds. */
const PARTITION_COUNT_MAX_AGE_MS = 30_000

/** Topics as the brokers know them. */
export interface KafkaTopics {
  create(specs: readonly TopicSpec[]): Promise<void>
  /** Number of partitions of a topic. Throws EVENT_LOG_UNAVAILABLE when it does not exist (yet). */
  partitionCount(topic: string): Promise<number>
  offsets(topic: string, group?: string): Promise<readonly PartitionOffsets[]>
}

/** Builds the view over a connected admin client. */
export function buildKafkaTopics(admin: Admin): KafkaTopics {
  const counts = new Map<string, { count: Promise<number>; readAtMs: number }>()

  async function create(specs: readonly TopicSpec[]): Promise<void> {
    try {
      const existing = new Set(await admin.listTopics())
      const replicationFactor = Math.min(3, (await admin.describeCluster()).brokers.length)
      const missing = specs.filter(spec => !existing.has(spec.name))
      if (missing.length > 0)
        await admin.createTopics({ topics: missing.map(spec => topicConfig(spec, replicationFactor)), waitForLeaders: true })
      for (const spec of specs) if (existing.has(spec.name)) await addPartitions(spec)
    } catch (thrown) {
      throw kafkaError(thrown)
    }
    counts.clear()
  }

  async function addPartitions(spec: TopicSpec): Promise<void> {
    const { partitions = [] } = await metadataOf(spec.name)
    if (partitions.length >= spec.partitions) return
    await admin.createPartitions({ topicPartitions: [{ topic: spec.name, count: spec.partitions }] })
  }

  async function metadataOf(topic: string): Promise<Partial<ITopicMetadata>> {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    return topics[0] ?? {}
  }

  async function readCount(topic: string): Promise<number> {
    try {
      return (await metadataOf(topic)).partitions?.length ?? 0
    } catch (thrown) {
      counts.delete(topic)
      throw kafkaError(thrown)
    }
  }

  async function partitionCount(topic: string): Promise<number> {
    const known = counts.get(topic)
    if (known && performance.now() - known.readAtMs < PARTITION_COUNT_MAX_AGE_MS) return await known.count
    const count = readCount(topic)
    counts.set(topic, { count, readAtMs: performance.now() })
    return await count
  }

  async function offsets(topic: string, group?: string): Promise<readonly PartitionOffsets[]> {
    try {
      const bounds = await admin.fetchTopicOffsets(topic)
      const committed = group === undefined ? new Map<number, number>() : await committedOffsets(topic, group)
      return bounds
        .map(({ partition, low, high }) => ({ partition, first: Number(low), end: Number(high), committed: committed.get(partition) }))
        .sort((a, b) => a.partition - b.partition)
    } catch (thrown) {
      throw kafkaError(thrown)
    }
  }

  async function committedOffsets(topic: string, group: string): Promise<Map<number, number>> {
    const answer = await admin.fetchOffsets({ groupId: group, topics: [topic] })
    // Negative offsets stand for "nothing committed" and for "wherever the log begins or ends".
    const partitions = (answer[0]?.partitions ?? []).filter(({ offset }) => Number(offset) >= 0)
    return new Map(partitions.map(({ partition, offset }) => [partition, Number(offset)]))
  }

  return { create, partitionCount, offsets }
}

/** `min.insync.replicas` below the number of replicas, so that one broker may be down; LogAppendTime, so that retention does not trust producers' clocks. */
function topicConfig(spec: TopicSpec, replicationFactor: number) {
  return {
    topic: spec.name,
    numPartitions: spec.partitions,
    replicationFactor,
    configEntries: [
      { name: 'retention.ms', value: String(spec.retentionMs) },
      { name: 'min.insync.replicas', value: String(Math.max(1, replicationFactor - 1)) },
      { name: 'message.timestamp.type', value: 'LogAppendTime' },
    ],
  }
}

/** Throws EVENT_LOG_UNAVAILABLE unless the topic has that partition. */
export function checkPartition(topic: string, partition: number, count: number): void {
  if (partition < count) return
  throw new AppError('EVENT_LOG_UNAVAILABLE', `Topic ${topic} has no partition ${partition}.`)
}

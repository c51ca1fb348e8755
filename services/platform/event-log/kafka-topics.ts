import kafkajs, { type Admin, type Kafka } from 'kafkajs'
import { delay, HOUR } from '../clock.ts'
import { AppError } from '../errors.ts'
import { kafkaError } from './kafka-client.ts'
import type { PartitionOffsets, TopicSpec } from './port.ts'

/** How long a topic's number of partitions is taken as known, in milliseconds. */
const PARTITION_COUNT_MAX_AGE_MS = 30_000
/** How long a new partition may take to get a leader, in milliseconds, and the pause between two looks. */
const LEADER_WITHIN_MS = 30_000
const LEADER_POLL_MS = 100

/** Segments are closed at least every six hours, since the broker compacts closed ones alone. */
const COMPACTION = [
  { name: 'cleanup.policy', value: 'compact' },
  { name: 'segment.ms', value: String(6 * HOUR) },
]

/** Topics as the brokers know them. */
export interface KafkaTopics {
  /** Id of the cluster. */
  clusterId(): Promise<string>
  create(specs: readonly TopicSpec[]): Promise<void>
  /** Number of partitions of a topic. Throws EVENT_LOG_UNAVAILABLE when it does not exist (yet). */
  partitionCount(topic: string): Promise<number>
  offsets(topic: string, group?: string): Promise<readonly PartitionOffsets[]>
}

/**
 * Builds the view of a cluster. Every question has an admin client of its own: one that stays never looks again for added partitions or
 * new leaders of a topic that it knows (its metadata has no maximal age), and connecting takes a few milliseconds.
 */
export function buildKafkaTopics(kafka: Kafka): KafkaTopics {
  const counts = new Map<string, { count: Promise<number>; readAtMs: number }>()

  async function ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = kafka.admin()
    try {
      await admin.connect()
      return await question(admin)
    } catch (thrown) {
      throw kafkaError(thrown)
    } finally {
      await admin.disconnect().catch(() => undefined)
    }
  }

  async function create(specs: readonly TopicSpec[]): Promise<void> {
    await ask(admin => createMissing(admin, specs))
    counts.clear()
    for (const spec of specs) await untilReadable(spec)
  }

  async function untilReadable(spec: TopicSpec): Promise<void> {
    const giveUpAtMs = performance.now() + LEADER_WITHIN_MS
    for (;;) {
      const partitions = await offsets(spec.name).catch(thrown => thrown as AppError)
      if (!(partitions instanceof AppError) && partitions.length >= spec.partitions) return
      if (performance.now() > giveUpAtMs) throw partitions instanceof AppError ? partitions : missing(spec.name, partitions.length)
      await delay(LEADER_POLL_MS)
    }
  }

  async function partitionCount(topic: string): Promise<number> {
    const known = counts.get(topic)
    if (known && performance.now() - known.readAtMs < PARTITION_COUNT_MAX_AGE_MS) return await known.count
    const count = ask(async admin => (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]?.partitions.length ?? 0)
    counts.set(topic, { count, readAtMs: performance.now() })
    try {
      return await count
    } catch (thrown) {
      counts.delete(topic)
      throw thrown
    }
  }

  async function offsets(topic: string, group?: string): Promise<readonly PartitionOffsets[]> {
    return await ask(async admin => {
      const committed = group === undefined ? new Map<number, number>() : await committedOffsets(admin, topic, group)
      const bounds = await admin.fetchTopicOffsets(topic)
      return bounds
        .map(({ partition, low, high }) => ({ partition, first: Number(low), end: Number(high), committed: committed.get(partition) }))
        .sort((a, b) => a.partition - b.partition)
    })
  }

  return { clusterId: () => ask(async admin => (await admin.describeCluster()).clusterId), create, partitionCount, offsets }
}

async function createMissing(admin: Admin, specs: readonly TopicSpec[]): Promise<void> {
  const existing = new Set(await admin.listTopics())
  const replicationFactor = Math.min(3, (await admin.describeCluster()).brokers.length)
  const topics = specs.filter(spec => !existing.has(spec.name)).map(spec => topicConfig(spec, replicationFactor))
  // Resolves with false when another process made them in between.
  if (topics.length > 0) await admin.createTopics({ topics, waitForLeaders: false })
  for (const { name: topic, partitions: count } of specs.filter(spec => existing.has(spec.name))) {
    const metadata = await admin.fetchTopicMetadata({ topics: [topic] })
    if ((metadata.topics[0]?.partitions.length ?? 0) < count) await admin.createPartitions({ topicPartitions: [{ topic, count }] })
  }
  await compactExisting(
    admin,
    specs.filter(spec => spec.isCompacted && existing.has(spec.name)),
    replicationFactor,
  )
}

/** Topics of releases that did not compact them yet. What an operator set otherwise on such a topic is set back. */
async function compactExisting(admin: Admin, specs: readonly TopicSpec[], replicationFactor: number): Promise<void> {
  for (const spec of specs) {
    const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name: spec.name }
    const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [resource] })
    const policy = resources[0]?.configEntries.find(({ configName }) => configName === 'cleanup.policy')?.configValue
    if (policy === 'compact') continue
    const { configEntries } = topicConfig(spec, replicationFactor)
    await admin.alterConfigs({ validateOnly: false, resources: [{ ...resource, configEntries }] })
  }
}

async function committedOffsets(admin: Admin, topic: string, group: string): Promise<Map<number, number>> {
  const answer = await admin.fetchOffsets({ groupId: group, topics: [topic] })
  // Negative offsets stand for "nothing committed" and for "wherever the log begins or ends".
  const partitions = (answer[0]?.partitions ?? []).filter(({ offset }) => Number(offset) >= 0)
  return new Map(partitions.map(({ partition, offset }) => [partition, Number(offset)]))
}

/**
 * `min.insync.replicas` is one below the number of replicas, so that one broker may be down; LogAppendTime, so that retention and
 * `timestampMs` do not depend on producers' clocks.
 */
function topicConfig(spec: TopicSpec, replicationFactor: number) {
  return {
    topic: spec.name,
    numPartitions: spec.partitions,
    replicationFactor,
    configEntries: [
      { name: 'retention.ms', value: String(spec.retentionMs) },
      ...(spec.isCompacted ? COMPACTION : []),
      { name: 'min.insync.replicas', value: String(Math.max(1, replicationFactor - 1)) },
      { name: 'message.timestamp.type', value: 'LogAppendTime' },
    ],
  }
}

function missing(topic: string, partition: number): AppError {
  return new AppError('EVENT_LOG_UNAVAILABLE', `Topic ${topic} has no partition ${partition}.`)
}

/** Throws EVENT_LOG_UNAVAILABLE unless the topic has that partition. */
export function checkPartition(topic: string, partition: number, count: number): void {
  if (partition >= count) throw missing(topic, partition)
}

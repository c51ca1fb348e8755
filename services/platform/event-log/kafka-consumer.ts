import kafkajs, {
  type ConsumerGroupJoinEvent,
  type EachBatchHandler,
  type Kafka,
  type Consumer as KafkaConsumer,
  type PartitionAssigner,
} from 'kafkajs'
import { delay } from '../clock.ts'
import { AppError } from '../errors.ts'
import { kafkaError } from './kafka-client.ts'
import { commitOffset } from './kafka-commit.ts'
import { buildEachBatch } from './kafka-reading.ts'
import { buildKafkaTenures, type TenureStart } from './kafka-tenures.ts'
import type { KafkaTopics } from './kafka-topics.ts'
import type { ConsumeHandlers, ConsumeOptions, Consumer, PartitionOffsets } from './port.ts'

const DEFAULT_MAX_BATCH_BYTES = 1024 * 1024
const DEFAULT_MAX_WAIT_MS = 100
/** Bytes for which a fetch waits, at most `maxWaitMs`. */
const MIN_FETCH_BYTES = 256 * 1024
const HEARTBEAT_MS = 1_000
const REBALANCE_TIMEOUT_MS = 30_000
/** How long a member tries to come back without a sign of life from the brokers, in milliseconds. */
const GIVE_UP_AFTER_MS = 120_000
/** Partitions whose batches are handed over side by side. */
const MAX_CONCURRENT_PARTITIONS = 256
const RETRY_PAUSE_MS = 500
/** After how long, in milliseconds, added partitions are noticed at the latest. */
const METADATA_MAX_AGE_MS = 60_000

/** What a member works with. */
export interface KafkaConsumerDeps {
  kafka: Kafka
  topics: KafkaTopics
  /** After how many milliseconds without a heartbeat the group takes a member for dead. */
  sessionTimeoutMs: number
}

/**
 * Joins the group and reads what falls to this member, until it is disposed of or cannot go on. Ownership ends whenever the library begins
 * to join again, stops, crashes or disconnects, and begins once the positions of the new assignment have been read and checked.
 */
export async function openKafkaConsumer(options: ConsumeOptions, handlers: ConsumeHandlers, deps: KafkaConsumerDeps): Promise<Consumer> {
  const { promise: stopped, resolve: resolveStopped, reject: rejectStopped } = Promise.withResolvers<void>()
  // A member may fail while its caller still awaits something else; the failure is kept for whoever looks at
  // `stopped`, which every caller must.
  stopped.catch(() => undefined)
  const tenures = buildKafkaTenures(handlers, fail)
  let membership = 0
  let isClosed = false
  let aliveAtMs = performance.now()

  function endMembership(): void {
    membership += 1
    tenures.revokeAll()
  }

  function mayRestart(): boolean {
    return !isClosed && performance.now() - aliveAtMs < GIVE_UP_AFTER_MS
  }

  const consumer = buildConsumer(options, deps, { onJoining: endMembership, mayRestart })

  function fail(thrown: unknown): void {
    if (isClosed) return
    isClosed = true
    rejectStopped(thrown)
    endMembership()
    consumer.disconnect().catch(() => undefined)
  }

  async function onJoined({ payload }: ConsumerGroupJoinEvent): Promise<void> {
    aliveAtMs = performance.now()
    if (isClosed) return await consumer.disconnect()
    endMembership()
    const joined = membership
    const assigned = Object.entries(payload.memberAssignment).map(([topic, partitions]) => ({ topic, partitions: partitions.map(Number) }))
    // No fetch before the positions are known: the library would silently jump over what retention removed.
    consumer.pause(assigned)
    const starts = await startsOf(options.group, assigned, { topics: deps.topics, handlers, isWanted: () => membership === joined })
    if (membership !== joined) return
    tenures.assign(starts)
    if (membership === joined) consumer.resume(assigned)
  }

  const { GROUP_JOIN, HEARTBEAT, REBALANCING, STOP, DISCONNECT, CRASH } = consumer.events
  consumer.on(GROUP_JOIN, event => void onJoined(event).catch(fail))
  consumer.on(HEARTBEAT, () => {
    aliveAtMs = performance.now()
  })
  for (const event of [REBALANCING, STOP, DISCONNECT] as const) consumer.on(event, endMembership)
  consumer.on(CRASH, ({ payload }) => {
    endMembership()
    if (!payload.restart) fail(kafkaError(payload.error))
  })

  async function dispose(): Promise<void> {
    if (isClosed) return
    isClosed = true
    endMembership()
    await consumer.disconnect().catch(() => undefined)
    resolveStopped()
  }

  const { group, maxBatchBytes = DEFAULT_MAX_BATCH_BYTES } = options
  await start(consumer, options.topics, buildEachBatch({ group, maxBatchBytes }, { tenures, handlers, onFailure: fail }))
  return {
    commit: async (topic, partition, nextOffset) => await commitOffset(tenures.get(topic, partition), nextOffset),
    owns: (topic, partition) => tenures.get(topic, partition) !== undefined,
    stopped,
    [Symbol.asyncDispose]: dispose,
  }
}

function buildConsumer(
  options: ConsumeOptions,
  deps: KafkaConsumerDeps,
  hooks: { onJoining: () => void; mayRestart: () => boolean },
): KafkaConsumer {
  const maxBatchBytes = options.maxBatchBytes ?? DEFAULT_MAX_BATCH_BYTES
  // The library asks its assigner for the protocol right before each join: the one moment that comes before a new
  // generation, whatever led to it.
  const assigner: PartitionAssigner = config => {
    const roundRobin = kafkajs.PartitionAssigners.roundRobin(config)
    return {
      ...roundRobin,
      protocol: subscription => {
        hooks.onJoining()
        return roundRobin.protocol(subscription)
      },
    }
  }
  return deps.kafka.consumer({
    groupId: options.group,
    partitionAssigners: [assigner],
    sessionTimeout: deps.sessionTimeoutMs,
    rebalanceTimeout: REBALANCE_TIMEOUT_MS,
    heartbeatInterval: HEARTBEAT_MS,
    maxBytesPerPartition: maxBatchBytes,
    minBytes: Math.min(MIN_FETCH_BYTES, maxBatchBytes),
    maxWaitTimeInMs: Math.max(1, options.maxWaitMs ?? DEFAULT_MAX_WAIT_MS),
    allowAutoTopicCreation: false,
    metadataMaxAge: METADATA_MAX_AGE_MS,
    // The library's filter of aborted transactions is faulty (it mistakes keys for abort markers); event identity dedups what they leave.
    readUncommitted: true,
    retry: { initialRetryTime: 200, maxRetryTime: 2_000, retries: 8, restartOnFailure: async () => hooks.mayRestart() },
  })
}

async function start(consumer: KafkaConsumer, topics: readonly string[], eachBatch: EachBatchHandler): Promise<void> {
  try {
    await consumer.connect()
    // A group that has committed nothing reads from the first kept record.
    await consumer.subscribe({ topics: [...topics], fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: MAX_CONCURRENT_PARTITIONS,
      eachBatch,
    })
  } catch (thrown) {
    await consumer.disconnect().catch(() => undefined)
    throw kafkaError(thrown)
  }
}

/**
 * Committed offsets of what was assigned. Throws EVENT_LOG_GAP where unread records are gone or the position lies beyond the log, unless
 * `onGap` is told instead.
 */
async function startsOf(
  group: string,
  assigned: readonly { topic: string; partitions: readonly number[] }[],
  { topics, handlers, isWanted }: { topics: KafkaTopics; handlers: Pick<ConsumeHandlers, 'onGap'>; isWanted: () => boolean },
): Promise<TenureStart[]> {
  const starts: TenureStart[] = []
  for (const { topic, partitions } of assigned) {
    const offsets = await offsetsOf(topic, group, topics, isWanted)
    for (const { partition, first, end, committed } of offsets) {
      if (!partitions.includes(partition)) continue
      if (committed !== undefined && (committed < first || committed > end)) {
        const what = `its committed offset ${committed} is outside of what the log holds, ${first} to ${end}`
        if (!handlers.onGap)
          throw new AppError('EVENT_LOG_GAP', `Group ${group} cannot go on in partition ${partition} of ${topic}: ${what}.`)
        handlers.onGap(topic, partition, what)
        // The library begins at the first record that is kept.
        starts.push({ topic, partition, committed: undefined })
      } else starts.push({ topic, partition, committed })
    }
  }
  return starts
}

/** Offsets of a topic; tried again while the brokers do not answer and the assignment stands. */
async function offsetsOf(topic: string, group: string, topics: KafkaTopics, isWanted: () => boolean): Promise<readonly PartitionOffsets[]> {
  const startedAtMs = performance.now()
  for (;;) {
    try {
      return await topics.offsets(topic, group)
    } catch (thrown) {
      if (!isWanted()) return []
      if (!(thrown instanceof AppError && thrown.retryable) || performance.now() - startedAtMs > GIVE_UP_AFTER_MS) throw thrown
    }
    await delay(RETRY_PAUSE_MS)
  }
}

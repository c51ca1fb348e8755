import type { Logger } from '../log.ts'
import { buildKafkaAppender } from './kafka-append.ts'
import { buildKafkaClient, kafkaError } from './kafka-client.ts'
import { openKafkaConsumer } from './kafka-consumer.ts'
import { buildKafkaTopics } from './kafka-topics.ts'
import type { ConsumeHandlers, ConsumeOptions, Consumer, EventLog } from './port.ts'

/** Which Kafka, and who we are to it. */
export interface KafkaEventLogConfig {
  /** `host:port` of one or more brokers. */
  brokers: readonly string[]
  clientId: string
  /** The operator's part of the log's epoch: to be raised when topics were deleted and made anew in the same cluster. */
  configuredEpoch: string
  /** After how many milliseconds without a heartbeat the group takes a member for dead; default 10 s. */
  sessionTimeoutMs?: number
}

const DEFAULT_SESSION_TIMEOUT_MS = 10_000
/** How long the producer takes leaders for known unless a broker says otherwise, in milliseconds. */
const METADATA_MAX_AGE_MS = 60_000

/**
 * Connects to a Kafka cluster. Its epoch is the cluster's id with the configured one, so neither another cluster nor recreated
 * topics are taken for the same log. Throws EVENT_LOG_UNAVAILABLE when no broker answers. The only importers of the Kafka client
 * are the files `kafka*.ts` here.
 */
export async function openKafkaEventLog(config: KafkaEventLogConfig, deps: { logger?: Logger } = {}): Promise<EventLog> {
  const kafka = buildKafkaClient(config, deps.logger)
  const topics = buildKafkaTopics(kafka)
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    metadataMaxAge: METADATA_MAX_AGE_MS,
    createPartitioner: partitionerOfPlaced,
  })
  const { append } = buildKafkaAppender(producer, topics)
  const consumers: Consumer[] = []
  let isClosed = false

  async function dispose(): Promise<void> {
    if (isClosed) return
    isClosed = true
    await Promise.all(consumers.map(consumer => consumer[Symbol.asyncDispose]()))
    await producer.disconnect().catch(() => undefined)
  }

  let clusterId: string
  try {
    clusterId = await topics.clusterId()
    await producer.connect()
  } catch (thrown) {
    await dispose()
    throw kafkaError(thrown)
  }

  async function consume(options: ConsumeOptions, handlers: ConsumeHandlers): Promise<Consumer> {
    const sessionTimeoutMs = config.sessionTimeoutMs ?? DEFAULT_SESSION_TIMEOUT_MS
    // A client of its own: the library shares committed positions among consumers of one client, by group, even between members.
    const own = buildKafkaClient(config, deps.logger)
    const consumer = await openKafkaConsumer(options, handlers, { kafka: own, topics, sessionTimeoutMs })
    consumers.push(consumer)
    return consumer
  }

  const epoch = `${clusterId}:${config.configuredEpoch}`
  return { epoch, createTopics: topics.create, append, consume, offsets: topics.offsets, [Symbol.asyncDispose]: dispose }
}

/** Every message comes with its partition (kafka-append.ts). */
function partitionerOfPlaced(): (args: { message: { partition?: number } }) => number {
  return ({ message }) => message.partition ?? 0
}

import type { Message, Producer, RecordMetadata, TopicMessages } from 'kafkajs'
import { AppError } from '../errors.ts'
import { MAX_RECORD_BYTES } from './record-size.ts'

/** All in-sync replicas must have taken the records. */
const ACKS_ALL = -1
const TRIES = 3

/** A record with the partition that was chosen for it. */
export interface PlacedRecord {
  topic: string
  partition: number
  message: Message
  sizeBytes: number
}

/** Sends requests, one at a time, and believes only what brokers confirmed. */
export interface KafkaSender {
  /** Resolves when brokers confirmed every partition of the request. Throws what the library throws, or EVENT_LOG_UNAVAILABLE. */
  send(request: readonly PlacedRecord[]): Promise<void>
}

/**
 * Builds the sender over a connected producer. The library resolves `sendBatch` even when it has left out messages: those of a partition
 * that its metadata does not know yet, or whose leader moved between two tries. So the answers are compared with the request, and what is
 * missing is sent again over a new connection, which is the library's one way to read the metadata anew.
 */
export function buildKafkaSender(producer: Producer): KafkaSender {
  let isConnected = true

  async function reconnect(): Promise<void> {
    isConnected = false
    await producer.disconnect()
    await producer.connect()
    isConnected = true
  }

  async function send(request: readonly PlacedRecord[]): Promise<void> {
    let missing = request
    for (let attempt = 1; missing.length > 0; attempt += 1) {
      if (!isConnected || attempt > 1) await reconnect()
      const answers = await producer.sendBatch({ acks: ACKS_ALL, topicMessages: topicMessagesOf(missing) })
      missing = unconfirmed(missing, answers)
      if (missing.length > 0 && attempt === TRIES) {
        throw new AppError(
          'EVENT_LOG_UNAVAILABLE',
          `No broker confirmed partition ${missing[0]?.partition} of ${missing[0]?.topic}. Try again.`,
        )
      }
    }
  }

  return { send }
}

function unconfirmed(request: readonly PlacedRecord[], answers: readonly RecordMetadata[]): PlacedRecord[] {
  const confirmed = new Set(answers.filter(answer => answer.errorCode === 0).map(answer => `${answer.topicName}/${answer.partition}`))
  return request.filter(({ topic, partition }) => !confirmed.has(`${topic}/${partition}`))
}

function topicMessagesOf(request: readonly PlacedRecord[]): TopicMessages[] {
  return [...Map.groupBy(request, record => record.topic)].map(([topic, records]) => ({
    topic,
    messages: records.map(({ message }) => message),
  }))
}

/**
 * Splits records into requests to be sent one after the other, each with at most MAX_RECORD_BYTES for any partition: the
 * limit of a broker for one batch.
 */
export function requestsOf(records: readonly PlacedRecord[]): PlacedRecord[][] {
  const requests: PlacedRecord[][] = []
  const fills = new Map<string, { request: number; bytes: number }>()
  for (const record of records) {
    const key = `${record.topic}/${record.partition}`
    const fill = fills.get(key) ?? { request: 0, bytes: 0 }
    fills.set(key, fill)
    if (fill.bytes > 0 && fill.bytes + record.sizeBytes > MAX_RECORD_BYTES) {
      fill.request += 1
      fill.bytes = 0
    }
    fill.bytes += record.sizeBytes
    const request = requests[fill.request]
    if (request) request.push(record)
    else requests[fill.request] = [record]
  }
  return requests
}

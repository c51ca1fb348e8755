import kafkajs, { type Message, type PartitionMetadata, type Producer } from 'kafkajs'
import { AppError } from '../errors.ts'
import { kafkaError } from './kafka-client.ts'
import { buildKafkaSender, type PlacedRecord, requestsOf } from './kafka-send.ts'
import { checkPartition, type KafkaTopics } from './kafka-topics.ts'
import type { NewRecord } from './port.ts'
import { checkedSizeBytes, recordSizeBytes } from './record-size.ts'

/** Bytes of one request to all partitions together, roughly. */
const MAX_REQUEST_BYTES = 8 * 1024 * 1024
/** Bytes that may wait; beyond it appends are refused so that memory stays bounded. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024

interface Job {
  records: readonly PlacedRecord[]
  sizeBytes: number
  resolve: () => void
  reject: (error: AppError) => void
}

/** Appends records; what is asked while a request is under way goes together into the next one. */
export interface KafkaAppender {
  append(topic: string, records: readonly NewRecord[]): Promise<void>
}

/**
 * Builds the appender over a connected producer. One request at a time keeps the order of appends within a partition even when the
 * library tries a request again; what it costs in concurrency, larger requests give back.
 */
export function buildKafkaAppender(producer: Producer, topics: KafkaTopics): KafkaAppender {
  const choosePartition = kafkajs.Partitioners.DefaultPartitioner()
  const sender = buildKafkaSender(producer)
  let waiting: Job[] = []
  let waitingBytes = 0
  let isSending = false

  async function append(topic: string, records: readonly NewRecord[]): Promise<void> {
    const sizeBytes = checkedSizeBytes(topic, records)
    if (waitingBytes + sizeBytes > MAX_WAITING_BYTES) {
      throw new AppError('EVENT_LOG_UNAVAILABLE', 'Kafka does not take records as fast as they come. Try again.')
    }
    waitingBytes += sizeBytes
    try {
      const count = await topics.partitionCount(topic)
      const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({ partitionId, leader: 0 }) as PartitionMetadata)
      const placed = records.map(record => place(topic, record, partitionMetadata))
      await new Promise<void>((resolve, reject) => {
        waiting.push({ records: placed, sizeBytes, resolve, reject })
        void sendWaiting()
      })
    } finally {
      waitingBytes -= sizeBytes
    }
  }

  function place(topic: string, record: NewRecord, partitionMetadata: PartitionMetadata[]): PlacedRecord {
    const { value, headers = {} } = record
    const message: Message = {
      key: record.key ?? null,
      value: record.isTombstone ? null : Buffer.from(value.buffer, value.byteOffset, value.byteLength),
      headers: { ...headers },
    }
    if (record.partition !== undefined) checkPartition(topic, record.partition, partitionMetadata.length)
    message.partition = record.partition ?? choosePartition({ topic, message, partitionMetadata })
    return { topic, partition: message.partition, message, sizeBytes: recordSizeBytes(record) }
  }

  async function sendWaiting(): Promise<void> {
    if (isSending) return
    isSending = true
    while (waiting.length > 0) {
      const jobs = takeJobs()
      try {
        for (const request of requestsOf(jobs.flatMap(job => job.records))) await sender.send(request)
        for (const job of jobs) job.resolve()
      } catch (thrown) {
        for (const job of jobs) job.reject(kafkaError(thrown))
      }
    }
    isSending = false
  }

  function takeJobs(): Job[] {
    let count = 0
    let bytes = 0
    for (const job of waiting) {
      if (count > 0 && bytes + job.sizeBytes > MAX_REQUEST_BYTES) break
      count += 1
      bytes += job.sizeBytes
    }
    const jobs = waiting.slice(0, count)
    waiting = waiting.slice(count)
    return jobs
  }

  return { append }
}

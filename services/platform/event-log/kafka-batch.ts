import type { Batch, EachBatchPayload, IHeaders } from 'kafkajs'
import type { LogRecord, RecordBatch } from './port.ts'

/** The records of a batch as the port gives them, in parts of about `maxBatchBytes` each: a compressed batch may be many times larger. */
export function partsOf(batch: Batch, maxBatchBytes: number): RecordBatch[] {
  const { topic, partition } = batch
  const endOffset = Number(batch.highWatermark)
  const parts: LogRecord[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const message of batch.messages) {
    const sizeBytes = message.value?.byteLength ?? 0
    if (bytes + sizeBytes > maxBatchBytes) {
      parts.push([])
      bytes = 0
    }
    bytes += sizeBytes
    parts.at(-1)?.push(recordFrom(topic, partition, message))
  }
  return parts.map(records => ({ topic, partition, records, endOffset }))
}

/** The offset that the library asked the broker for; a member of its batches that its types leave out. */
export function fetchedOffset(batch: Batch): number {
  return Number((batch as Batch & { fetchedOffset: string }).fetchedOffset)
}

const NO_BYTES = new Uint8Array(0)

function recordFrom(topic: string, partition: number, message: EachBatchPayload['batch']['messages'][number]): LogRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    timestampMs: Number(message.timestamp),
    key: message.key === null ? undefined : message.key.toString('utf8'),
    value: message.value ?? NO_BYTES,
    headers: headersFrom(message.headers ?? {}),
  }
}

/** Headers as text; of a name that is there more than once, the last value. */
function headersFrom(headers: IHeaders): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name, String((Array.isArray(value) ? value.at(-1) : value) ?? '')])
  return Object.fromEntries(entries)
}

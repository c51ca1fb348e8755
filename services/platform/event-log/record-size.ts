import { AppError } from '../errors.ts'
import type { NewRecord } from './port.ts'

/**
 * The largest record that either adapter takes, in bytes as `recordSizeBytes` counts them. Kafka's brokers refuse batches above 1,048,588
 * bytes (their `message.max.bytes`), framing included; the embedded log keeps the same limit so that what works on one works on the other.
 */
export const MAX_RECORD_BYTES = 1_000_000

/** Bytes of framing a record may need in Kafka's batch format: varint lengths, deltas and attributes, rounded up. */
const FRAMING_BYTES = 48
const HEADER_FRAMING_BYTES = 10

/** Size of a record on its way to the log, in bytes: value, key, headers and framing, never less than what Kafka will count. */
export function recordSizeBytes(record: NewRecord): number {
  let sizeBytes = FRAMING_BYTES + record.value.byteLength + (record.key === undefined ? 0 : Buffer.byteLength(record.key))
  for (const [name, value] of Object.entries(record.headers ?? {})) {
    sizeBytes += HEADER_FRAMING_BYTES + Buffer.byteLength(name) + Buffer.byteLength(value)
  }
  return sizeBytes
}

/** Total size of the records in bytes. Throws EVENT_LOG_RECORD_TOO_LARGE when one of them exceeds MAX_RECORD_BYTES, before any is sent. */
export function checkedSizeBytes(topic: string, records: readonly NewRecord[]): number {
  let totalBytes = 0
  for (const [index, record] of records.entries()) {
    const sizeBytes = recordSizeBytes(record)
    if (sizeBytes > MAX_RECORD_BYTES) {
      throw new AppError(
        'EVENT_LOG_RECORD_TOO_LARGE',
        `Record ${index} for ${topic} has ${sizeBytes} bytes, the limit is ${MAX_RECORD_BYTES}. Split it before appending.`,
      )
    }
    totalBytes += sizeBytes
  }
  return totalBytes
}

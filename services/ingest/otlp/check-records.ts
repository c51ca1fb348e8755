import { type OtlpRecord, recordsOf } from '../../../schemas/otlp/records.ts'
import type { SignalShape } from '../../../schemas/otlp/signals.ts'
import type { PlainMessage } from '../../../schemas/protobuf/read-binary.ts'
import { MAX_MESSAGE_BYTES, MAX_MESSAGE_LINES } from '../config.ts'
import type { Refused } from './answers.ts'
import { partsOfMetric } from './metric-parts.ts'
import { buildOtlpPieces } from './pieces.ts'

/** What became of a request: messages for the event log, and what is not in them. Counted in records, for metrics in data points. */
export interface CheckedRequest {
  messages: readonly Uint8Array[]
  accepted: number
  refused: Refused
  sizeBytes: number
}

/** Reasons that an answer lists; all refused records are counted. */
const MAX_LISTED_REASONS = 5

/**
 * A resource is sent once and read with each of its records: bytes that those may have together, for a body of a size. A batch of 8,192
 * records of 1 KB under a resource of 2 KB has three times its body.
 */
const workBytesOf = (bodyBytes: number) => 16 * MIB + 16 * bodyBytes
const MIB = 1024 * 1024

/**
 * Gathers the records of a request into messages; those that cannot be taken are counted with their reasons. `faults`: reasons of records
 * refused before.
 */
export function checkRecords(
  request: PlainMessage,
  shape: SignalShape,
  config: { maxLineBytes: number; bodyBytes: number },
  faults: readonly string[],
): CheckedRequest {
  const isMetrics = shape.signal === 'metrics'
  const pieces = buildOtlpPieces(shape, {
    maxRecordBytes: isMetrics ? MAX_MESSAGE_BYTES : Math.min(config.maxLineBytes, MAX_MESSAGE_BYTES),
    maxMessageBytes: MAX_MESSAGE_BYTES,
    maxMessageRecords: MAX_MESSAGE_LINES,
    maxWorkBytes: workBytesOf(config.bodyBytes),
    maxMessageWorkBytes: 8 * MIB,
  })
  const messages = new Set(faults)
  let refusedCount = faults.length
  let accepted = 0
  const add = (record: OtlpRecord, count: number) => {
    const fault = pieces.add(record)
    if (fault === undefined) accepted += count
    else refuse(count, fault)
  }
  const refuse = (count: number, message: string) => {
    refusedCount += count
    if (messages.size < MAX_LISTED_REASONS) messages.add(message)
  }
  for (const one of recordsOf(request, shape)) {
    if (!isMetrics) {
      add(one, 1)
      continue
    }
    const metric = partsOfMetric(one.record)
    if ('parts' in metric) for (const { metric: record, points } of metric.parts) add({ ...one, record }, points)
    else refuse(metric.refusedPoints, metric.message)
  }
  const listed = [...messages].slice(0, MAX_LISTED_REASONS).map(message => message.slice(0, 300))
  return { messages: pieces.messages(), accepted, refused: { count: refusedCount, messages: listed }, sizeBytes: pieces.sizeBytes }
}

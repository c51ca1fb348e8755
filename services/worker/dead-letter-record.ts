import type { DeadLetter } from '../../schemas/dead-letter.ts'
import type { NewRecord } from '../platform/event-log/port.ts'
import { MAX_RECORD_BYTES, recordSizeBytes } from '../platform/event-log/record-size.ts'

/** Of a name that a sender made up; the table has it whole. UTF-16 units. */
const MAX_SOURCE_LENGTH = 500

/**
 * The dead letter as a record of its topic: the line's own bytes, with reason, source and position as headers.
 * A line that fits no record beside its headers is cut, with its full size in `cut-from-bytes`; `dead_letters` has it whole.
 */
export function deadLetterRecord(letter: DeadLetter): NewRecord {
  const headers = {
    code: letter.code,
    message: letter.message,
    source: letter.source.slice(0, MAX_SOURCE_LENGTH).toWellFormed(),
    topic: letter.topic,
    partition: String(letter.partition),
    offset: String(letter.offset),
    'line-no': String(letter.line_no),
  }
  const value = Buffer.from(letter.line, letter.encoding)
  const record = { value, headers }
  const excessBytes = recordSizeBytes(record) - MAX_RECORD_BYTES
  if (excessBytes <= 0) return record
  const cutHeaders = { ...headers, 'cut-from-bytes': String(value.byteLength) }
  const spareBytes = MAX_RECORD_BYTES - recordSizeBytes({ value: new Uint8Array(0), headers: cutHeaders })
  return { value: value.subarray(0, Math.max(0, spareBytes)), headers: cutHeaders }
}

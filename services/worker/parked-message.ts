import { isUtf8 } from 'node:buffer'
import type { ParkedMessage } from '../../schemas/parked-message.ts'
import type { LogRecord } from '../platform/event-log/port.ts'
import { positionOf } from './decode/dead-letter.ts'
import type { DecodedMessage } from './decode/decode-message.ts'

/** What a message comes to whose source is parked under that name: itself, whole, with the number of lines that it would give. */
export function parkedMessage(record: LogRecord, source: string, lines: number, config: { logEpoch: string }): DecodedMessage {
  const position = positionOf(record, config)
  const bytes = Buffer.from(record.value.buffer, record.value.byteOffset, record.value.byteLength)
  const encoding = isUtf8(bytes) ? 'utf8' : 'base64'
  const headers = Object.fromEntries(Object.entries(record.headers).map(([name, value]) => [name.toWellFormed(), value.toWellFormed()]))
  const parked: ParkedMessage = { ...position, source, is_parked: true, lines, headers, value: bytes.toString(encoding), encoding }
  const counts = { rows: 0, accepted_lines: 0, dead_letters: 0, skipped_lines: 0, skip_reasons: {} }
  return {
    attempts: [],
    samples: [],
    deadLetters: [],
    ledger: { ...position, lines, ...counts, parked_lines: lines },
    ends: [{ step: 'park', outcome: 'parked', reason: '', count: lines }],
    parked,
  }
}

/** The record of the log that was parked, as it was read. */
export function recordOf(message: ParkedMessage): LogRecord {
  return {
    topic: message.topic,
    partition: message.partition,
    offset: message.offset,
    timestampMs: message.received_at,
    key: undefined,
    value: Buffer.from(message.value, message.encoding),
    headers: message.headers,
  }
}

/** What stands in place of a message that was taken up. */
export function takenUp(message: ParkedMessage): ParkedMessage {
  return { ...message, is_parked: false, headers: {}, value: '', encoding: 'utf8' }
}

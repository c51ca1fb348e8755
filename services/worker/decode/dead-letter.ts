import type { DeadLetter } from '../../../schemas/dead-letter.ts'
import type { LogRecord } from '../../platform/event-log/port.ts'

/** Longer reasons (names of fields are as long as a sender likes) are cut. UTF-16 units. */
const MAX_MESSAGE_LENGTH = 1_000

/** A line of a message as it is kept in a dead letter. */
export type KeptLine = Pick<DeadLetter, 'line' | 'encoding'>

/** Where a message stands in the event log, and who sent it. */
export type MessagePosition = Pick<DeadLetter, 'log_epoch' | 'topic' | 'partition' | 'offset' | 'received_at' | 'source'>

/** The position of a record of the log with that identity. */
export function positionOf(record: LogRecord, { logEpoch }: { logEpoch: string }): MessagePosition {
  return {
    log_epoch: logEpoch,
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    received_at: record.timestampMs,
    source: (record.headers['source'] ?? '').toWellFormed(),
  }
}

/**
 * The dead letter of line `lineNo` of a message. Its texts are well-formed whatever a sender wrote: half a surrogate pair, which JSON can
 * name and UTF-8 cannot hold, becomes U+FFFD; ClickHouse would refuse the row else.
 */
export function deadLetterAt(
  position: MessagePosition,
  lineNo: number,
  fault: Pick<DeadLetter, 'code' | 'message'>,
  kept: KeptLine,
): DeadLetter {
  return {
    ...position,
    code: fault.code,
    message: fault.message.slice(0, MAX_MESSAGE_LENGTH).toWellFormed(),
    line: kept.line.toWellFormed(),
    encoding: kept.encoding,
    line_no: lineNo,
  }
}

/** The whole message as a line. */
export function wholeMessage(record: Pick<LogRecord, 'value'>): KeptLine {
  return { line: Buffer.from(record.value).toString('base64'), encoding: 'base64' }
}

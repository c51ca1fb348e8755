import type { LogRecord } from '../platform/event-log/port.ts'
import { acceptTimeAt } from './accept-time.ts'
import { decodeAccessLog } from './decode.ts'
import type { DecodedMessage } from './gather.ts'
import type { LineAt } from './refused-rows.ts'
import { rawTextOf, splitLines } from './split-lines.ts'

/** What decoding is told. */
export interface MessageConfig {
  /** Identity of the event log, part of every row identity. */
  logEpoch: string
  /** Longest line that is read, bytes. */
  maxLineBytes: number
}

/** Decodes messages of the access-log topic and accounts for their lines. */
export function buildAccessLogDecoder(config: MessageConfig): (record: LogRecord) => DecodedMessage {
  return record => {
    const { rows, deadLetters, lines } = decodeAccessLog(record, { ...config, ...acceptTimeAt(record.timestampMs) })
    const ledger = {
      log_epoch: config.logEpoch,
      topic: record.topic,
      partition: record.partition,
      offset: record.offset,
      received_at: record.timestampMs,
      source: record.headers['source'] ?? '',
      lines,
      rows: rows.length,
      // Counted from the rows and not as lines less dead letters: the ledger is there to find out when the two differ.
      accepted_lines: distinctLines(rows),
      dead_letters: deadLetters.length,
    }
    return { attempts: rows, samples: [], deadLetters, ledger }
  }
}

/** Finds a line of a message again, as decoding numbered it. */
export function buildLineAt(config: Pick<MessageConfig, 'maxLineBytes'>): LineAt {
  return (record, lineNo) => {
    const line = splitLines(record.value, config.maxLineBytes)[lineNo]
    if (line === undefined) return { line: Buffer.from(record.value).toString('base64'), encoding: 'base64' }
    return { line: rawTextOf(line), encoding: line.raw instanceof Uint8Array ? 'base64' : 'utf8' }
  }
}

/** Rows of one line stand together, in the order of the lines. */
function distinctLines(rows: readonly { line_no: number }[]): number {
  let lines = 0
  let last = -1
  for (const { line_no } of rows) {
    if (line_no !== last) lines += 1
    last = line_no
  }
  return lines
}

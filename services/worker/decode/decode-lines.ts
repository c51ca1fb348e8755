/**
 * Messages of the access-log topic into rows and dead letters. Decoding is total (every line ends as rows, as one dead letter or as one
 * counted skip) and a pure function of the message, so that a redelivered message gives the same rows.
 */
import type { AttemptRow } from '../../../schemas/attempt.ts'
import type { DeadLetter } from '../../../schemas/dead-letter.ts'
import type { SkipReason } from '../../../schemas/dialects/skip-reasons.ts'
import type { LogRecord } from '../../platform/event-log/port.ts'
import { deadLetterAt, positionOf } from './dead-letter.ts'
import { type DecodeConfig, keptLine, type LineState } from './line.ts'
import { type LineEnd, lineEndsOf } from './line-ends.ts'
import { senderOf } from './sender.ts'
import { finishLine, openLines } from './steps.ts'

/**
 * What a message gave. `lines` counts its records: each is in `rows` (one or more), in `deadLetters` (exactly one) or in `skipped` (once).
 */
export interface DecodedAccessLog {
  rows: AttemptRow[]
  deadLetters: DeadLetter[]
  /** Why each line was skipped that is no attempt at a model. */
  skipped: SkipReason[]
  lines: number
  /** In which step the lines ended, and how. */
  ends: LineEnd[]
  /**
   * The line of the text on which each line (by its number) begins, from 0; undefined: as numbered. Blank lines, arrays and
   * envelopes make the difference.
   */
  textLines: Uint32Array | undefined
}

/**
 * Decodes one message of the access-log topic. Headers: `dialect` (a hint), `source`, `tenants` (JSON array of tenants that the
 * sender may write for). Never throws.
 */
export function decodeAccessLog(record: LogRecord, config: DecodeConfig): DecodedAccessLog {
  const decoding = accessLogDecoding(record, config)
  for (;;) {
    const step = decoding.next()
    if (step.done) return step.value
  }
}

/** Lines between two places at which somebody else may have a turn: at most some ms of work. */
const LINES_A_TURN = 256

/** The same in parts, for who must not hold up others for as long as a message of very many lines takes. */
export function* accessLogDecoding(record: LogRecord, config: DecodeConfig): Generator<undefined, DecodedAccessLog, undefined> {
  const lines = openLines(record, config)
  const hasEscapes = lines.length > 0 && Buffer.from(record.value.buffer, record.value.byteOffset, record.value.byteLength).includes('\\u')
  const context = { record, sender: senderOf(record), config, hasEscapes }
  const position = positionOf(record, config)
  const rows: AttemptRow[] = []
  const deadLetters: DeadLetter[] = []
  const skipped: SkipReason[] = []
  const finish = (line: LineState, lineNo: number) => {
    finishLine(line, context, lineNo)
    for (const row of line.rows) rows.push(row)
    if (line.skip !== undefined) skipped.push(line.skip)
    if (line.fault !== undefined) deadLetters.push(deadLetterAt(position, lineNo, line.fault, keptLine(line)))
  }
  for (let from = 0; from < lines.length; from += LINES_A_TURN) {
    if (from > 0) yield
    for (let lineNo = from; lineNo < Math.min(lines.length, from + LINES_A_TURN); lineNo++) finish(lines[lineNo] as LineState, lineNo)
  }
  return { rows, deadLetters, skipped, lines: lines.length, ends: lineEndsOf(lines), textLines: textLinesOf(lines) }
}

function textLinesOf(lines: readonly LineState[]): Uint32Array | undefined {
  return lines.every((line, lineNo) => line.textLine === lineNo) ? undefined : Uint32Array.from(lines, line => line.textLine)
}

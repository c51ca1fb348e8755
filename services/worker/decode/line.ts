import type { AttemptContent, AttemptRow } from '../../../schemas/attempt.ts'
import type { Line } from '../../../schemas/dialects/dialect.ts'
import type { Reader } from '../../../schemas/dialects/field-table.ts'
import type { SkipReason } from '../../../schemas/dialects/skip-reasons.ts'
import type { NameTenant } from '../../../schemas/dialects/tenant-names.ts'
import type { NameUpstream } from '../../../schemas/dialects/upstream-names.ts'
import { AppError } from '../../platform/errors.ts'
import type { LogRecord } from '../../platform/event-log/port.ts'
import type { AcceptTime } from './accept-time.ts'
import type { KeptLine } from './dead-letter.ts'

/** What decoding needs to know; times in ms since 1970 UTC. */
export interface DecodeConfig extends AcceptTime {
  /** Identity of the event log that the record came from. */
  logEpoch: string
  /** Longest line that is read, in bytes. */
  maxLineBytes: number
  /** Dialects that the operator described in mapping files, tried before the built-in ones. */
  ownDialects?: readonly Reader[]
  /** Finds the operator's own names of upstreams. */
  nameUpstream?: NameUpstream | undefined
  /** Finds who is charged for lines that name nobody. */
  nameTenant?: NameTenant | undefined
}

/** What opening a message needs to know of it: enough to find its lines. */
export type Message = Pick<LogRecord, 'value' | 'headers'>

/** A line on its way through the steps of decoding. It ends with its rows, a fault or a reason to be skipped. */
export interface LineState {
  /** What is known of it: a JSON value; undefined while only its text is (`isText`) or nothing can be. */
  value: unknown
  /** It is text and not JSON: perhaps a text form of a log. */
  isText: boolean
  /** Only a part of a line: nothing in it can be opened. */
  isPart: boolean
  /** As received; undefined for an element of a readable array, whose text is that of its value. */
  raw: string | Uint8Array | undefined
  /** The line of the message on which it begins, from 0, as an editor counts (blank lines too). */
  textLine: number
  reader: Reader | undefined
  attempts: readonly AttemptContent[]
  rows: readonly AttemptRow[]
  /** Why it is refused: it becomes a dead letter. */
  fault: AppError | undefined
  skip: SkipReason | undefined
  /** The step (one of `endSteps`) in which it got its rows, fault or skip; '' while it has none of them. */
  endedIn: string
}

const none: readonly never[] = []

/** A line whose JSON value was read. Written out, for it is made once a line: a spread costs as much as reading a short line. */
export function valueLine(value: unknown, raw: LineState['raw'], textLine: number): LineState {
  return {
    value,
    isText: false,
    isPart: false,
    raw,
    textLine,
    reader: undefined,
    attempts: none,
    rows: none,
    fault: undefined,
    skip: undefined,
    endedIn: '',
  }
}

/** A line that is not JSON. */
export function textLine(raw: string, lineNo: number): LineState {
  const line = valueLine(undefined, raw, lineNo)
  line.isText = true
  return line
}

/** A line that is refused. */
export function refusedLine(fault: AppError, raw: LineState['raw'], textLine: number, value?: unknown): LineState {
  const line = valueLine(value, raw, textLine)
  line.fault = fault
  return line
}

/** A line that is no attempt at a model. */
export function skippedLine(skip: SkipReason, value: unknown, raw: LineState['raw'], textLine: number): LineState {
  const line = valueLine(value, raw, textLine)
  line.skip = skip
  return line
}

/** Whether no further step has anything to do with the line. */
export function isEnded(line: LineState): boolean {
  return line.fault !== undefined || line.skip !== undefined || line.rows.length > 0
}

/** The line's object. Only for lines that the steps before found to be one. */
export function objectOf(line: LineState): Line {
  return line.value as Line
}

/** A LINE_NOT_JSON. */
export function notJson(message: string): AppError {
  return new AppError('LINE_NOT_JSON', message)
}

/** The text of a line as it goes into a dead letter; bytes that are no text in base64. */
export function rawTextOf({ raw, value }: Pick<LineState, 'raw' | 'value'>): string {
  if (typeof raw === 'string') return raw
  return raw === undefined ? jsonTextOf(value) : Buffer.from(raw).toString('base64')
}

/** The line as it goes into a dead letter. */
export function keptLine(line: Pick<LineState, 'raw' | 'value'>): KeptLine {
  return { line: rawTextOf(line), encoding: line.raw instanceof Uint8Array ? 'base64' : 'utf8' }
}

/** The value as JSON. */
export function jsonTextOf(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch {
    return '(an element nested too deep to be written out)'
  }
}

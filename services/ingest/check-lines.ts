import { isUtf8 } from 'node:buffer'
import { isTextLine } from '../../schemas/envelopes/text-line.ts'
import { AppError, type ErrorCode, messageOf } from '../platform/errors.ts'
import { beginTurns, type Turns } from '../platform/turns.ts'
import { MAX_DEPTH, MAX_LINES, MAX_LISTED_REJECTIONS } from './config.ts'
import { isJsonObject } from './json-object.ts'
import { type Piece, piecesOf } from './split-body.ts'

/** A line that was not accepted. `line` counts from 1: lines of the body as sent (blank ones too), or elements of the array. */
export interface Rejection {
  line: number
  code: ErrorCode
  message: string
}

/** What became of the lines of a body. `rejected` lists at most MAX_LISTED_REJECTIONS; `rejectedCount` counts all. */
export interface CheckedLines {
  accepted: number
  rejected: readonly Rejection[]
  rejectedCount: number
}

/**
 * Checks each line of a body: length, UTF-8, no NUL, nesting, a JSON object or a text form that the worker reads (a container runtime's
 * line, a dialect's text log). An accepted line is handed to `accept` as the bytes that were sent, so that
 * numbers stay exact as text; the bytes are a view of the body. A bad line never affects its neighbours.
 * Rejects with INGEST_BODY_TOO_LARGE when the body has more than MAX_LINES lines; some may have been handed over by then.
 */
export async function checkLines(
  body: Buffer,
  config: { maxLineBytes: number; maxLines?: number },
  accept: (line: Buffer) => void,
  turns: Turns = beginTurns(),
): Promise<CheckedLines> {
  const maxLines = config.maxLines ?? MAX_LINES
  const rejected: Rejection[] = []
  let accepted = 0
  let rejectedCount = 0
  for (const piece of piecesOf(body, config.maxLineBytes)) {
    const isListed = rejected.length < MAX_LISTED_REJECTIONS
    const fault = isListed ? faultOf(piece, config.maxLineBytes) : isFaulty(piece, config.maxLineBytes) ? unlisted : undefined
    if (fault === undefined) {
      accept(piece.bytes)
      accepted++
    } else {
      rejectedCount++
      if (isListed) rejected.push({ line: piece.line, ...fault })
    }
    if (accepted + rejectedCount > maxLines)
      throw new AppError('INGEST_BODY_TOO_LARGE', `the body has more than ${maxLines} lines: send it in parts; none of it was taken`)
    if (turns.isOver) await turns.pass()
  }
  return { accepted, rejected, rejectedCount }
}

function faultOf({ bytes, fault }: Piece, maxLineBytes: number): Omit<Rejection, 'line'> | undefined {
  if (fault !== undefined) return { code: 'LINE_NOT_JSON', message: fault }
  if (bytes.length > maxLineBytes)
    return { code: 'LINE_TOO_LONG', message: `the line has ${bytes.length} bytes, at most ${maxLineBytes} are accepted` }
  if (!isUtf8(bytes)) return { code: 'LINE_NOT_UTF8', message: 'the line holds bytes that are not UTF-8' }
  // Nearly every line ends here; what follows finds the words for the others, and the text forms among them.
  if (isJsonObject(bytes, MAX_DEPTH)) return undefined
  const nul = bytes.indexOf(0)
  if (nul >= 0) return { code: 'LINE_NOT_JSON', message: `the line holds a NUL at byte ${nul + 1}` }
  if (isDeeper(bytes, MAX_DEPTH)) return { code: 'LINE_TOO_DEEP', message: `objects and arrays are nested deeper than ${MAX_DEPTH}` }
  const text = bytes.toString('utf8')
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return undefined
    return { code: 'LINE_NOT_JSON', message: `the line is ${kindOf(value)}, a JSON object is expected` }
  } catch (error) {
    if (isTextLine(text.trim())) return undefined
    return { code: 'LINE_NOT_JSON', message: messageOf(error).slice(0, 200) }
  }
}

/** Stands for the fault of a line that is only counted. */
const unlisted: Omit<Rejection, 'line'> = { code: 'LINE_NOT_JSON', message: '' }

/**
 * What faultOf judges, without the words: JSON.parse takes some 30 µs to say why a line of two bytes is none, and a body may have 250,000
 * of those.
 */
function isFaulty({ bytes, fault }: Piece, maxLineBytes: number): boolean {
  if (fault !== undefined || bytes.length > maxLineBytes || !isUtf8(bytes)) return true
  if (isJsonObject(bytes, MAX_DEPTH)) return false
  return bytes.includes(0) || isDeeper(bytes, MAX_DEPTH) || !isTextLine(bytes.toString('utf8').trim())
}

/** Whether brackets outside of strings nest deeper than `limit`. Counted on bytes, so that no deep value is ever built. */
function isDeeper(bytes: Buffer, limit: number): boolean {
  let depth = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === 0x22) {
      at = endOfString(bytes, at)
    } else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > limit) return true
    } else if (byte === 0x7d || byte === 0x5d) depth--
  }
  return false
}

function endOfString(bytes: Buffer, start: number): number {
  let at = start + 1
  while (at < bytes.length && bytes[at] !== 0x22) at += bytes[at] === 0x5c ? 2 : 1
  return at
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`
}

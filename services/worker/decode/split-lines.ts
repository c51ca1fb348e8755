/**
 * What a message holds: lines of JSON, one JSON array, or a value printed over several lines. Every record comes out once, in order, parsed or with
 * the reason why not; a bad one does not cost its neighbours.
 */
import { isUtf8 } from 'node:buffer'
import { AppError } from '../../platform/errors.ts'
import { jsonFaultText } from './json-fault.ts'
import { scanValues } from './scan-values.ts'

/** A record of a message: its value, or why it has none. */
export interface RawLine {
  value: unknown
  fault: AppError | undefined
  /** The record as received; undefined for an element of a readable array, whose text is that of its value. */
  raw: string | Uint8Array | undefined
}

const NEWLINE = 0x0a
/** UTF-8 takes at most three bytes for a UTF-16 unit. */
const BYTES_PER_UNIT = 3

/** Splits a message into its records; empty lines are none. A record longer than `maxLineBytes` is refused unread. Never throws. */
export function splitLines(message: Uint8Array, maxLineBytes: number): RawLine[] {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength)
  if (!isUtf8(bytes)) return splitBroken(bytes, maxLineBytes)
  const text = bytes.toString('utf8')
  return splitText(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text, maxLineBytes)
}

function splitText(text: string, maxLineBytes: number): RawLine[] {
  const lines = text.split('\n').filter(line => line.trim() !== '')
  const first = lines[0]
  if (first === undefined) return []
  if (lines.length > 1 && parsed(first) === undefined) {
    const whole = parsed(text)
    if (whole !== undefined) return recordsOf(whole.value, text, maxLineBytes)
    if (isPrinted(first)) return recordsAmong(scanValues(text), maxLineBytes)
  }
  const records: RawLine[] = []
  for (const line of lines) {
    for (const record of recordsIn(line, maxLineBytes)) records.push(record)
  }
  return records
}

/** Whether a first line can only begin a value that goes on in the next. */
function isPrinted(first: string): boolean {
  const line = first.trim()
  return line === '{' || line === '[' || (line.startsWith('[') && line.endsWith(','))
}

function recordsIn(text: string, maxLineBytes: number): RawLine[] {
  const isArray = text.trimStart().startsWith('[')
  // An array may be long; its elements are what is limited.
  if (!isArray && isTooLong(text, maxLineBytes)) return [tooLong(text, maxLineBytes)]
  const whole = parsed(text)
  if (whole !== undefined) return recordsOf(whole.value, text, maxLineBytes)
  const elements = isArray ? scanValues(text) : []
  // An array with one bad element keeps its others; without any cut it is one bad record.
  return elements.length > 1 ? recordsAmong(elements, maxLineBytes) : [notJson(text)]
}

/** Values that were cut out of a text. They are not cut again: a broken one is refused, or nested brackets would make the work grow with their square. */
function recordsAmong(values: readonly string[], maxLineBytes: number): RawLine[] {
  return values.flatMap(value => {
    if (isTooLong(value, maxLineBytes)) return [tooLong(value, maxLineBytes)]
    const whole = parsed(value)
    return whole === undefined ? [notJson(value)] : recordsOf(whole.value, value, maxLineBytes)
  })
}

function notJson(text: string): RawLine {
  return { value: undefined, fault: new AppError('LINE_NOT_JSON', jsonFaultText(text)), raw: text }
}

function recordsOf(value: unknown, text: string, maxLineBytes: number): RawLine[] {
  if (!Array.isArray(value)) return [isTooLong(text, maxLineBytes) ? tooLong(text, maxLineBytes) : { value, fault: undefined, raw: text }]
  const mayBeLong = isTooLong(text, maxLineBytes)
  return value.map((element: unknown) => {
    const long = mayBeLong ? textOf(element) : ''
    return isTooLong(long, maxLineBytes) ? tooLong(long, maxLineBytes) : { value: element, fault: undefined, raw: undefined }
  })
}

/** The text of a record as it goes into a dead letter. */
export function rawTextOf(record: RawLine): string {
  if (typeof record.raw === 'string') return record.raw
  return record.raw === undefined ? textOf(record.value) : Buffer.from(record.raw).toString('base64')
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch {
    return '(an element nested too deep to be written out)'
  }
}

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

function isTooLong(text: string, maxLineBytes: number): boolean {
  if (text.length > maxLineBytes) return true
  return text.length * BYTES_PER_UNIT > maxLineBytes && Buffer.byteLength(text) > maxLineBytes
}

function tooLong(text: string, maxLineBytes: number): RawLine {
  const fault = new AppError('LINE_TOO_LONG', `The line has ${Buffer.byteLength(text)} bytes; the limit is ${maxLineBytes}.`)
  return { value: undefined, fault, raw: text }
}

/** Some bytes are not UTF-8: the lines that hold them are refused, the others read. */
function splitBroken(bytes: Buffer, maxLineBytes: number): RawLine[] {
  const records: RawLine[] = []
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline < 0 ? bytes.length : newline
    const line = bytes.subarray(start, end)
    if (!isUtf8(line)) records.push(notUtf8(line))
    else if (line.toString('utf8').trim() !== '') {
      // One by one: a call with as many arguments as an array may have elements runs out of stack.
      for (const record of recordsIn(line.toString('utf8'), maxLineBytes)) records.push(record)
    }
    start = end + 1
  }
  return records
}

function notUtf8(line: Buffer): RawLine {
  return { value: undefined, fault: new AppError('LINE_NOT_UTF8', `The line is not UTF-8 from byte ${firstBadByte(line)} on.`), raw: line }
}

/** Position, from 1, of the first byte that does not belong to UTF-8 (or of the first U+FFFD that was sent as such). */
function firstBadByte(line: Buffer): number {
  const decoded = new TextDecoder('utf-8', { fatal: false }).decode(line)
  const good = decoded.indexOf('\uFFFD')
  return Buffer.byteLength(decoded.slice(0, Math.max(0, good))) + 1
}

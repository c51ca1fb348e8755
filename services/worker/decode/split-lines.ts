/**
 * What a message holds: lines of JSON or text, one JSON array, or a value printed over several lines. Every line comes out once, in order,
 * with its value, as text or with the reason why it is refused; a bad one does not cost its neighbours.
 */
import { isUtf8 } from 'node:buffer'
import { AppError } from '../../platform/errors.ts'
import { jsonTextOf, type LineState, refusedLine, textLine, valueLine } from './line.ts'
import { beginsAsArray, scanValues, type ValuePlace } from './scan-values.ts'

const NEWLINE = 0x0a
/** UTF-8 takes at most three bytes for a UTF-16 unit. */
const BYTES_PER_UNIT = 3

/** Splits a message into its lines; blank ones are counted, not given. One longer than `maxLineBytes` is refused unread. Never throws. */
export function splitLines(message: Uint8Array, maxLineBytes: number): LineState[] {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength)
  if (!isUtf8(bytes)) return splitBroken(bytes, maxLineBytes)
  const text = bytes.toString('utf8')
  return splitText(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text, maxLineBytes)
}

function splitText(text: string, maxLineBytes: number): LineState[] {
  const lines = text.split('\n')
  const firstAt = lines.findIndex(line => line.trim() !== '')
  const first = lines[firstAt]
  if (first === undefined) return []
  if (firstAt + 1 < lines.length && parsed(first) === undefined) {
    const whole = parsed(text)
    if (whole !== undefined) return recordsOf(whole.value, text, firstAt, maxLineBytes)
    if (isPrinted(first)) return recordsAmong(text, scanValues(text), 0, maxLineBytes)
  }
  const records: LineState[] = []
  for (let lineNo = firstAt; lineNo < lines.length; lineNo += 1) addRecords(records, lines[lineNo] as string, lineNo, maxLineBytes)
  return records
}

/** Whether a first line can only begin a value that goes on in the next. */
function isPrinted(first: string): boolean {
  const line = first.trim()
  return line === '{' || line === '[' || (line.endsWith(',') && beginsAsArray(line))
}

/** Adds the record or records of one line. One by one: a call with as many arguments as an array may have elements runs out of stack. */
function addRecords(records: LineState[], text: string, lineNo: number, maxLineBytes: number): void {
  if (text.trim() === '') return
  const isArray = beginsAsArray(text)
  // An array may be long; its elements are what is limited.
  if (!isArray && isTooLong(text, maxLineBytes)) {
    records.push(tooLong(text, lineNo, maxLineBytes))
    return
  }
  const whole = parsed(text)
  if (whole !== undefined && !Array.isArray(whole.value)) {
    records.push(isArray && isTooLong(text, maxLineBytes) ? tooLong(text, lineNo, maxLineBytes) : valueLine(whole.value, text, lineNo))
    return
  }
  const several = whole === undefined ? cutArray(text, isArray, lineNo, maxLineBytes) : recordsOf(whole.value, text, lineNo, maxLineBytes)
  for (const record of several) records.push(record)
}

/** An array with one bad element keeps its others; without any cut it is one bad record. */
function cutArray(text: string, isArray: boolean, lineNo: number, maxLineBytes: number): LineState[] {
  const places = isArray ? scanValues(text) : []
  return places.length > 1 ? recordsAmong(text, places, lineNo, maxLineBytes) : [textLine(text, lineNo)]
}

/**
 * Values that were cut out of a text. They are not cut again: a broken one is refused, or nested brackets would make
 * the work grow with their square.
 */
function recordsAmong(text: string, places: readonly ValuePlace[], firstLineNo: number, maxLineBytes: number): LineState[] {
  return places.flatMap(({ start, end, textLine: lineNo }) => {
    const value = text.slice(start, end)
    if (isTooLong(value, maxLineBytes)) return [tooLong(value, firstLineNo + lineNo, maxLineBytes)]
    const whole = parsed(value)
    if (whole === undefined) return [textLine(value, firstLineNo + lineNo)]
    return recordsOf(whole.value, value, firstLineNo + lineNo, maxLineBytes)
  })
}

function recordsOf(value: unknown, text: string, lineNo: number, maxLineBytes: number): LineState[] {
  if (!Array.isArray(value)) return [isTooLong(text, maxLineBytes) ? tooLong(text, lineNo, maxLineBytes) : valueLine(value, text, lineNo)]
  const mayBeLong = isTooLong(text, maxLineBytes)
  const places = text.includes('\n') ? scanValues(text) : []
  return value.map((element: unknown, index) => {
    const at = places[index]?.textLine ?? lineNo
    const long = mayBeLong ? jsonTextOf(element) : ''
    return isTooLong(long, maxLineBytes) ? tooLong(long, at, maxLineBytes) : valueLine(element, undefined, at)
  })
}

/**
 * What begins otherwise is no JSON object, array or text; a number or word alone is told at a glance. Saves text logs a parse that
 * throws.
 */
const JSON_START = /^\s*(?:[{["]|(?:-?\d[\d.eE+-]*|true|false|null)\s*$)/

function parsed(text: string): { value: unknown } | undefined {
  if (!JSON_START.test(text)) return undefined
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

function tooLong(text: string, lineNo: number, maxLineBytes: number): LineState {
  const fault = new AppError('LINE_TOO_LONG', `The line has ${Buffer.byteLength(text)} bytes; the limit is ${maxLineBytes}.`)
  return refusedLine(fault, text, lineNo)
}

/** Some bytes are not UTF-8: the lines that hold them are refused, the others read. */
function splitBroken(bytes: Buffer, maxLineBytes: number): LineState[] {
  const records: LineState[] = []
  for (let start = 0, lineNo = 0; start < bytes.length; lineNo += 1) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline < 0 ? bytes.length : newline
    const line = bytes.subarray(start, end)
    if (isUtf8(line)) addRecords(records, line.toString('utf8'), lineNo, maxLineBytes)
    else records.push(notUtf8(line, lineNo))
    start = end + 1
  }
  return records
}

function notUtf8(line: Buffer, lineNo: number): LineState {
  const fault = new AppError('LINE_NOT_UTF8', `The line is not UTF-8 from byte ${firstBadByte(line)} on.`)
  return refusedLine(fault, line, lineNo)
}

/** Position, from 1, of the first byte that does not belong to UTF-8 (or of the first U+FFFD that was sent as such). */
function firstBadByte(line: Buffer): number {
  const decoded = new TextDecoder('utf-8', { fatal: false }).decode(line)
  const good = decoded.indexOf('\uFFFD')
  return Buffer.byteLength(decoded.slice(0, Math.max(0, good))) + 1
}

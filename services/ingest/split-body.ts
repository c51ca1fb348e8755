/**
 * A body cut into lines, as bytes. Three shapes: newline-delimited objects, one array of objects, one object (which may be spread over
 * lines). Brackets and strings are followed just far enough to find where an element ends; whether it is JSON is checked afterwards.
 */

/** A line as it stands in the body (a view, not a copy), counted from 1. `fault`: why it cannot be a line. */
export interface Piece {
  line: number
  bytes: Buffer
  fault?: string
}

const NEWLINE = 0x0a
const RETURN = 0x0d
const SPACE = 0x20
const QUOTE = 0x22
const COMMA = 0x2c
const OPEN_ARRAY = 0x5b
const BACKSLASH = 0x5c
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** Gives the lines of a body in order; blank lines are counted, not given. A UTF-8 byte order mark at the start is skipped. */
export function* piecesOf(body: Buffer, maxLineBytes: number): Generator<Piece> {
  const start = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0
  const first = skipBlank(body, start)
  if (first >= body.length) return
  if (body[first] === OPEN_ARRAY && isArray(body, first)) return yield* elementsOf(body, first)
  if (body[first] === OPEN_OBJECT && isOneSpreadObject(body, first, maxLineBytes)) {
    const end = endOfValue(body, first, body.length)
    return yield { line: 1, bytes: withoutLineBreaks(body.subarray(first, end)) }
  }
  yield* linesOf(body, start)
}

/** Whether the bracket opens an array of objects: text may begin with one too (Envoy's own log, `kubectl logs --prefix`). */
function isArray(body: Buffer, open: number): boolean {
  const element = body[skipBlank(body, open + 1)]
  return element === undefined || element === OPEN_OBJECT || element === OPEN_ARRAY || element === CLOSE_ARRAY
}

function* linesOf(body: Buffer, start: number): Generator<Piece> {
  let at = start
  for (let line = 1; at < body.length; line++) {
    const newline = body.indexOf(NEWLINE, at)
    const end = newline < 0 ? body.length : newline
    const trimmed = end > at && body[end - 1] === RETURN ? end - 1 : end
    if (skipBlank(body, at) < trimmed) yield { line, bytes: body.subarray(at, trimmed) }
    at = end + 1
  }
}

function* elementsOf(body: Buffer, open: number): Generator<Piece> {
  let at = skipBlank(body, open + 1)
  let line = 1
  if (body[at] !== CLOSE_ARRAY) {
    for (; ; line++) {
      const end = endOfElement(body, at)
      const bytes = trimmedEnd(body.subarray(at, end))
      if (end >= body.length) {
        // The sender was cut off. What stands whole is kept, and the missing rest is told as one further line.
        if (bytes.length > 0) yield { line: line++, bytes: withoutLineBreaks(bytes) }
        return yield { line, bytes: body.subarray(end), fault: 'the array is not closed: elements may be missing' }
      }
      yield { line, bytes: withoutLineBreaks(bytes) }
      at = skipBlank(body, end + 1)
      if (body[end] === CLOSE_ARRAY) break
    }
    line++
  } else at = skipBlank(body, at + 1)
  if (at < body.length)
    yield { line, bytes: body.subarray(at), fault: 'text follows the end of the array: send one array, or objects on lines' }
}

/** Where the element that starts at `at` ends: the comma or bracket after it, or the end of the body. */
function endOfElement(body: Buffer, start: number): number {
  let depth = 0
  let at = start
  while (at < body.length) {
    const byte = body[at]
    if (depth === 0 && (byte === COMMA || byte === CLOSE_ARRAY)) return at
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth = Math.max(0, depth - 1)
    at = byte === QUOTE ? afterString(body, at) : at + 1
  }
  return body.length
}

/** Where the bracketed value that opens at `start` ends (after its bracket); when that is beyond `limit`, some place beyond it. */
function endOfValue(body: Buffer, start: number, limit: number): number {
  let depth = 0
  let at = start
  while (at < body.length && at <= limit) {
    const byte = body[at]
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++
    else if ((byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) && --depth === 0) return at + 1
    at = byte === QUOTE ? afterString(body, at) : at + 1
  }
  return at
}

function afterString(body: Buffer, start: number): number {
  let at = start + 1
  while (at < body.length && body[at] !== QUOTE) at += body[at] === BACKSLASH ? 2 : 1
  return Math.min(at + 1, body.length)
}

/**
 * One object over several lines, as `jq` or an editor prints it. A cut first line of newline-delimited objects looks alike, so the whole
 * must parse; what is too long for one line is taken for several.
 */
function isOneSpreadObject(body: Buffer, first: number, maxLineBytes: number): boolean {
  const newline = body.indexOf(NEWLINE, first)
  if (newline < 0 || skipBlank(body, newline) >= body.length) return false
  const end = endOfValue(body, first, first + maxLineBytes)
  if (end <= newline || end - first > maxLineBytes || skipBlank(body, end) < body.length) return false
  try {
    JSON.parse(body.toString('utf8', first, end))
    return true
  } catch {
    return false
  }
}

/**
 * Line breaks between the parts of an object become spaces, because lines of a message are separated by newlines. Those inside of strings
 * stay, for the check to refuse: JSON does not allow them. Works in place: the body belongs to its request.
 */
function withoutLineBreaks(bytes: Buffer): Buffer {
  if (!bytes.includes(NEWLINE) && !bytes.includes(RETURN)) return bytes
  let at = 0
  while (at < bytes.length) {
    if (bytes[at] === NEWLINE || bytes[at] === RETURN) bytes[at] = SPACE
    at = bytes[at] === QUOTE ? afterString(bytes, at) : at + 1
  }
  return bytes
}

function trimmedEnd(bytes: Buffer): Buffer {
  let end = bytes.length
  while (end > 0 && isBlank(bytes[end - 1] as number)) end--
  return bytes.subarray(0, end)
}

function skipBlank(body: Buffer, from: number): number {
  let at = from
  while (at < body.length && isBlank(body[at] as number)) at++
  return at
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === NEWLINE || byte === RETURN || byte === 0x09
}

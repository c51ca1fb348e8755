/**
 * Whether bytes are a JSON object, told without building it (RFC 8259, which is what JSON.parse accepts). Ingest keeps lines as the bytes
 * that were sent, so to parse each of them would only make garbage. It answers no for what it need not understand: JSON.parse then has the
 * word, and the words. Blanks and bytes are named here once more, as in split-body.ts: taken from a module that both share, they make the
 * check a third slower (test/bench/decode.ts).
 */

const QUOTE = 0x22
const PLUS = 0x2b
const COMMA = 0x2c
const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30
const NINE = 0x39
const COLON = 0x3a
const OPEN_ARRAY = 0x5b
const BACKSLASH = 0x5c
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
/** Sets the bit that tells small letters from capitals. */
const SMALL = 0x20
const SPACE = 0x20
const LETTER_A = 0x61
const LETTER_E = 0x65
const LETTER_F = 0x66
const LETTER_N = 0x6e
const LETTER_T = 0x74
const LETTER_U = 0x75

const literals: Readonly<Record<number, Uint8Array>> = {
  [LETTER_T]: Buffer.from('true'),
  [LETTER_F]: Buffer.from('false'),
  [LETTER_N]: Buffer.from('null'),
}
/** 1 for a byte that stands for itself in a string. */
const plainInString = Uint8Array.from({ length: 256 }, (_, byte) => (byte < SPACE || byte === QUOTE || byte === BACKSLASH ? 0 : 1))
const ESCAPED = new Set(Buffer.from('"\\/bfnrt'))

/**
 * True: the bytes, which must be UTF-8, are one JSON object in which nothing is nested deeper than `maxDepth`. False: they are
 * not, or only JSON.parse can tell.
 */
export function isJsonObject(bytes: Uint8Array, maxDepth: number): boolean {
  const start = afterBlank(bytes, 0)
  if (bytes[start] !== OPEN_OBJECT) return false
  const end = afterObject(bytes, start, maxDepth)
  return end > 0 && afterBlank(bytes, end) === bytes.length
}

// Each `after…` gives the position behind what stands at `at`, or -1 when that is something else.

function afterValue(bytes: Uint8Array, at: number, depth: number): number {
  const byte = bytes[at]
  switch (byte) {
    case QUOTE:
      return afterString(bytes, at)
    case OPEN_OBJECT:
      return afterObject(bytes, at, depth)
    case OPEN_ARRAY:
      return afterArray(bytes, at, depth)
    case LETTER_T:
    case LETTER_F:
    case LETTER_N:
      return afterLiteral(bytes, at, literals[byte] as Uint8Array)
    default:
      return afterNumber(bytes, at)
  }
}

function afterObject(bytes: Uint8Array, open: number, depth: number): number {
  if (depth === 0) return -1
  let at = afterBlank(bytes, open + 1)
  if (bytes[at] === CLOSE_OBJECT) return at + 1
  for (;;) {
    if (bytes[at] !== QUOTE) return -1
    at = afterString(bytes, at)
    if (at < 0) return -1
    at = afterBlank(bytes, at)
    if (bytes[at] !== COLON) return -1
    at = afterValue(bytes, afterBlank(bytes, at + 1), depth - 1)
    if (at < 0) return -1
    at = afterBlank(bytes, at)
    if (bytes[at] === CLOSE_OBJECT) return at + 1
    if (bytes[at] !== COMMA) return -1
    at = afterBlank(bytes, at + 1)
  }
}

function afterArray(bytes: Uint8Array, open: number, depth: number): number {
  if (depth === 0) return -1
  let at = afterBlank(bytes, open + 1)
  if (bytes[at] === CLOSE_ARRAY) return at + 1
  for (;;) {
    at = afterValue(bytes, at, depth - 1)
    if (at < 0) return -1
    at = afterBlank(bytes, at)
    if (bytes[at] === CLOSE_ARRAY) return at + 1
    if (bytes[at] !== COMMA) return -1
    at = afterBlank(bytes, at + 1)
  }
}

function afterString(bytes: Uint8Array, open: number): number {
  let at = open + 1
  for (;;) {
    while (plainInString[bytes[at] as number] === 1) at++
    const byte = bytes[at]
    if (byte === QUOTE) return at + 1
    // A control character, which must be escaped, or the end.
    if (byte !== BACKSLASH) return -1
    at = afterEscape(bytes, at)
    if (at < 0) return -1
  }
}

function afterEscape(bytes: Uint8Array, backslash: number): number {
  const byte = bytes[backslash + 1] as number
  if (byte !== LETTER_U) return ESCAPED.has(byte) ? backslash + 2 : -1
  for (let at = backslash + 2; at < backslash + 6; at++) {
    const digit = bytes[at] as number
    const letter = digit | SMALL
    if (!(isDigit(digit) || (letter >= LETTER_A && letter <= LETTER_F))) return -1
  }
  return backslash + 6
}

function afterNumber(bytes: Uint8Array, start: number): number {
  let at = bytes[start] === MINUS ? start + 1 : start
  const first = at
  at = afterDigits(bytes, at)
  if (at < 0 || (bytes[first] === ZERO && at > first + 1)) return -1
  if (bytes[at] === POINT) {
    at = afterDigits(bytes, at + 1)
    if (at < 0) return -1
  }
  if (((bytes[at] as number) | SMALL) !== LETTER_E) return at
  const sign = bytes[at + 1]
  return afterDigits(bytes, sign === PLUS || sign === MINUS ? at + 2 : at + 1)
}

function afterDigits(bytes: Uint8Array, start: number): number {
  let at = start
  while (isDigit(bytes[at] as number)) at++
  return at > start ? at : -1
}

function afterLiteral(bytes: Uint8Array, start: number, literal: Uint8Array): number {
  for (let index = 0; index < literal.length; index++) if (bytes[start + index] !== literal[index]) return -1
  return start + literal.length
}

function afterBlank(bytes: Uint8Array, from: number): number {
  let at = from
  while (isBlank(bytes[at] as number)) at++
  return at
}

function isBlank(byte: number): boolean {
  return byte <= SPACE && (byte === SPACE || byte === 0x09 || byte === 0x0a || byte === 0x0d)
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE
}

/** One series with its value. */
export interface Series {
  name: string
  labels: ReadonlyMap<string, string>
  /** May be NaN or infinite. */
  value: number
  /** Name and labels, labels sorted: equal for equal series. */
  key: string
}

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y
const BLANKS = /[ \t]*/y
const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![^ \t])/y
const SPECIAL = /([+-]?)(nan|inf(?:inity)?)(?![^ \t])/iy

class Cursor {
  readonly line: string
  at = 0

  constructor(line: string) {
    this.line = line
  }

  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const match = pattern.exec(this.line)
    if (match === null) return undefined
    this.at = pattern.lastIndex
    return match[0]
  }

  takeCharacter(character: string): boolean {
    if (this.line[this.at] !== character) return false
    this.at += 1
    return true
  }

  get isAtEnd(): boolean {
    return this.at >= this.line.length
  }
}

/**
 * Reads a line of an exposition that holds a series: name, labels, value, and timestamp or exemplar if any; or says what is wrong with
 * it, where.
 */
export function readSeries(line: string): Series | string {
  if (line.includes('\0')) return 'holds a NUL character.'
  const cursor = new Cursor(line)
  const fault = (expected: string) => `expected ${expected} at character ${cursor.at + 1}.`
  cursor.take(BLANKS)
  const name = cursor.take(NAME)
  if (name === undefined) return fault('a metric name')
  cursor.take(BLANKS)
  const labels = new Map<string, string>()
  if (cursor.takeCharacter('{')) {
    const wrong = readLabels(cursor, labels)
    if (wrong !== undefined) return wrong
  } else if (!/[ \t]/.test(line[cursor.at - 1] ?? '')) return fault('labels or a value')
  cursor.take(BLANKS)
  const value = readNumber(cursor)
  if (value === undefined) return fault('a number')
  cursor.take(BLANKS)
  if (!cursor.isAtEnd && line[cursor.at] !== '#') {
    if (readNumber(cursor) === undefined) return fault('a timestamp or the end of the line')
    cursor.take(BLANKS)
  }
  if (cursor.takeCharacter('#')) {
    const wrong = readExemplar(cursor)
    if (wrong !== undefined) return wrong
  }
  if (!cursor.isAtEnd) return fault('the end of the line')
  return { name, labels, value, key: keyOf(name, labels) }
}

/** Labels up to the closing brace; a comma may stand before it, as the format allows. */
function readLabels(cursor: Cursor, labels: Map<string, string>): string | undefined {
  const fault = (expected: string) => `expected ${expected} at character ${cursor.at + 1}.`
  for (;;) {
    cursor.take(BLANKS)
    if (cursor.takeCharacter('}')) return undefined
    const name = cursor.take(LABEL_NAME)
    if (name === undefined) return fault('a label name or }')
    if (labels.has(name)) return `the label ${name} stands there twice.`
    cursor.take(BLANKS)
    if (!cursor.takeCharacter('=')) return fault('=')
    cursor.take(BLANKS)
    const value = readQuoted(cursor)
    if (value === undefined) return fault('a label value in quotes, with the escapes \\\\, \\" and \\n only')
    labels.set(name, value)
    cursor.take(BLANKS)
    if (!cursor.takeCharacter(',') && cursor.line[cursor.at] !== '}') return fault(', or }')
  }
}

function readQuoted(cursor: Cursor): string | undefined {
  const { line } = cursor
  if (line[cursor.at] !== '"') return undefined
  let text = ''
  let from = cursor.at + 1
  for (let at = from; at < line.length; at += 1) {
    if (line[at] === '"') {
      cursor.at = at + 1
      return text + line.slice(from, at)
    }
    if (line[at] !== '\\') continue
    const escaped = line[at + 1]
    if (escaped !== '\\' && escaped !== '"' && escaped !== 'n') return undefined
    text += line.slice(from, at) + (escaped === 'n' ? '\n' : escaped)
    at += 1
    from = at + 1
  }
  return undefined
}

/** An OpenMetrics exemplar after the `#`: checked and passed over. */
function readExemplar(cursor: Cursor): string | undefined {
  cursor.take(BLANKS)
  if (!cursor.takeCharacter('{')) return `expected the labels of an exemplar at character ${cursor.at + 1}.`
  const wrong = readLabels(cursor, new Map())
  if (wrong !== undefined) return wrong
  cursor.take(BLANKS)
  if (readNumber(cursor) === undefined) return `expected the value of an exemplar at character ${cursor.at + 1}.`
  cursor.take(BLANKS)
  readNumber(cursor)
  cursor.take(BLANKS)
  return undefined
}

function readNumber(cursor: Cursor): number | undefined {
  const plain = cursor.take(NUMBER)
  if (plain !== undefined) return Number(plain)
  const special = cursor.take(SPECIAL)?.toLowerCase()
  if (special === undefined) return undefined
  if (special.endsWith('nan')) return Number.NaN
  return special.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

function keyOf(name: string, labels: ReadonlyMap<string, string>): string {
  const pairs = [...labels].map(([label, value]) => `${label}=${JSON.stringify(value)}`)
  return `${name}{${pairs.sort().join(',')}}`
}

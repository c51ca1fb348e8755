/**
 * Reading a YAML document into checked values: every fault is noted with its line and what was expected, and reading goes on to find the
 * others.
 */
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar, type YAMLMap } from 'yaml'
import { parseTimeOrDate } from '../../../schemas/dialects/iso-time.ts'
import { AppError, messageOf } from '../../platform/errors.ts'
import { type Decimal, parseDecimal } from '../decimal.ts'

/** What readers share while a document is read. */
export interface Reading {
  /** Notes a fault at the line of `node`. */
  fault(node: Node | null | undefined, words: string): void
  /** Remembers where a value stands, for faults that are found later. */
  remember(value: object, node: Node): void
  /** Notes a fault at a remembered value. */
  faultAt(value: object, words: string): void
}

/**
 * Reads the value at `name` of `parent`; `node` is undefined when it is absent. After a fault the result is of no use, and of no matter:
 * the document is refused as a whole.
 */
export type Read<T> = (node: Node | null | undefined, at: { name: string; parent: Node }, reading: Reading) => T

/**
 * Reads a whole document. `check` runs on what was read without a fault. Throws TERMS_INVALID with all faults, one a line: file, line,
 * words.
 */
export function readDocument<T>(text: string, file: string, read: Read<T>, check: (value: T, reading: Reading) => void): T {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  const places = new Map<object, Node>()
  const faults = document.errors.map(error => `${file}:${error.linePos?.[0].line ?? 1}: ${error.message.split('\n')[0]}`)
  const reading: Reading = {
    fault: (node, words) => void faults.push(`${file}:${node?.range ? lines.linePos(node.range[0]).line : 1}: ${words}`),
    remember: (value, node) => void places.set(value, node),
    faultAt: (value, words) => reading.fault(places.get(value), words),
  }
  const root = document.contents as Node | null
  const value = faults.length === 0 ? read(root, { name: 'the document', parent: root as Node }, reading) : undefined
  if (faults.length === 0) check(value as T, reading)
  if (faults.length > 0) throw new AppError('TERMS_INVALID', faults.join('\n'))
  return value as T
}

/** A mapping with these keys and no others. */
export function record<T extends object>(fields: { [K in keyof T]: Read<T[K]> }): Read<T> {
  const known = Object.keys(fields) as (keyof T & string)[]
  return (node, { name, parent }, reading) => {
    if (!isMap(node)) {
      reading.fault(node ?? parent, `${name}: expected a mapping with ${known.join(', ')}`)
      return {} as T
    }
    const map = node as YAMLMap<Node, Node>
    for (const { key } of map.items) {
      const word = scalarText(key) ?? ''
      if (!known.some(one => one === word)) reading.fault(key, `"${word}" is no key of ${name}; known are ${known.join(', ')}`)
    }
    const value = Object.fromEntries(
      known.map(key => [key, fields[key](map.get(key, true) as Node | undefined, { name: key, parent: map as Node }, reading)]),
    ) as T
    reading.remember(value, map as Node)
    return value
  }
}

/** A list; absent: empty. */
export function listOf<T>(item: Read<T>): Read<readonly T[]> {
  return (node, { name, parent }, reading) => {
    if (isAbsent(node)) return []
    if (!isSeq(node)) {
      reading.fault(node ?? parent, `${name}: expected a list`)
      return []
    }
    return (node.items as Node[]).map((one, index) => item(one, { name: `${name}[${index}]`, parent: node as Node }, reading))
  }
}

/** A mapping of any names to values of one kind; absent: empty. */
export function mapOf<T>(item: Read<T>): Read<Readonly<Record<string, T>>> {
  return (node, { name, parent }, reading) => {
    if (isAbsent(node)) return {}
    if (!isMap(node)) {
      reading.fault(node ?? parent, `${name}: expected a mapping of names to values`)
      return {}
    }
    const entries = (node as YAMLMap<Node, Node>).items.map(({ key, value }) => {
      const word = scalarText(key) ?? ''
      return [word, item(value, { name: `${name}.${word}`, parent: key }, reading)] as const
    })
    return Object.fromEntries(entries)
  }
}

/** One value, read from its text as it stands in the file. Absent: `fallback`, or a fault where there is none. */
export function scalar<T>(expected: string, parse: (text: string) => T | undefined, ...fallback: readonly [] | readonly [T]): Read<T> {
  return (node, { name, parent }, reading) => {
    if (isAbsent(node) && fallback.length === 1) return fallback[0]
    const text = scalarText(node)
    if (text === undefined || isAbsent(node)) {
      reading.fault(node ?? parent, isAbsent(node) ? `${name} is missing; expected ${expected}` : `${name}: expected ${expected}`)
      return undefined as T
    }
    let why = ''
    try {
      const value = parse(text)
      if (value !== undefined) return value
    } catch (error) {
      why = ` (${messageOf(error)})`
    }
    reading.fault(node, `${name}: "${text.slice(0, 60)}" is not ${expected}${why}`)
    return undefined as T
  }
}

/** A value that may be absent or null. */
export function orNull<T>(read: Read<T>): Read<T | null> {
  return (node, at, reading) => (isAbsent(node) ? null : read(node, at, reading))
}

/** A decimal of zero or more, at most `most`, exact: no digit passes through a float. */
export function decimal(expected: string, most?: string): Read<Decimal> {
  const limit = most === undefined ? undefined : parseDecimal(most)
  return scalar(expected, text => {
    if (/\.\d{19}/.test(text)) return undefined
    const value = parseDecimal(text, { rejectNegative: true })
    return limit !== undefined && value > limit ? undefined : value
  })
}

/** An instant on a whole minute, ms: `2026-09-01T00:00:00Z`, another offset, or a date alone for its midnight UTC. */
export function instant(...fallback: readonly [] | readonly [number]): Read<number> {
  return scalar(
    'a time on a whole minute, such as 2026-09-01 (midnight UTC) or 2026-09-01T00:00:00+02:00',
    text => {
      const atMs = parseTimeOrDate(text)
      return atMs === undefined || atMs < 0 || atMs % 60_000 !== 0 ? undefined : atMs
    },
    ...fallback,
  )
}

function isAbsent(node: Node | null | undefined): boolean {
  return node === undefined || node === null || (isScalar(node) && node.value === null)
}

/** The text of a scalar as it stands in the file. */
function scalarText(node: Node | null | undefined): string | undefined {
  if (!isScalar(node)) return undefined
  const { value, source } = node as Scalar
  return typeof value === 'string' ? value : (source ?? String(value))
}

import { createHash } from 'node:crypto'
import { formatDecimal } from '../decimal.ts'
import type { Statement } from './statement.ts'

/**
 * JSON with keys in order and without spaces; a bigint is a decimal (services/money/decimal.ts) and becomes its plain text. Equal values
 * give equal bytes.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'bigint') return `"${formatDecimal(value)}"`
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null)
  const object = value as Readonly<Record<string, unknown>>
  let text = ''
  for (const key of sortedKeys(object)) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(object[key])}`
  return `{${text}}`
}

/** Orders of keys that were seen: the lines of a statement have the same ones, and sorting them anew takes most of a hash's time. */
const knownOrders = new Map<string, readonly string[]>()
const MOST_KNOWN_ORDERS = 100

function sortedKeys(object: object): readonly string[] {
  const keys = Object.keys(object)
  const name = keys.join('\n')
  const known = knownOrders.get(name)
  // A key with a line break in it makes two lists look alike, but never of the same length as one without.
  if (known?.length === keys.length) return known
  keys.sort()
  if (knownOrders.size < MOST_KNOWN_ORDERS && !keys.some(key => key.includes('\n'))) knownOrders.set(name, keys)
  return keys
}

/**
 * What a statement says, as the bytes that its hash is taken of: all of it but its status, as of when it was drafted, when, by whom and
 * why it was closed, and `raw_rows`, which a redelivery may raise without changing anything that is billed.
 */
export function statementContent(statement: Statement): string {
  return canonicalJson(contentOf(statement))
}

/** SHA-256 of `statementContent`, hexadecimal; made item by item, since the text of a large statement is larger than all else of it. */
export function contentHash(statement: Statement): string {
  const hash = createHash('sha256')
  const content: Readonly<Record<string, unknown>> = contentOf(statement)
  for (const [index, key] of Object.keys(content).sort().entries()) {
    const value = content[key]
    hash.update(`${index === 0 ? '{' : ','}${JSON.stringify(key)}:`)
    if (!Array.isArray(value) || value.length === 0) hash.update(canonicalJson(value))
    else for (const [at, item] of value.entries()) hash.update(`${at === 0 ? '[' : ','}${canonicalJson(item)}`)
    if (Array.isArray(value) && value.length > 0) hash.update(']')
  }
  return hash.update('}').digest('hex')
}

function contentOf(statement: Statement) {
  const { status: _status, as_of_ms: _as_of, closed_at_ms: _at, closed_by: _by, forced_reason: _reason, ...rest } = statement
  const { content_sha256: _hash, repricing_minutes: _repricing, basis, ...said } = rest
  const { raw_rows: _rows, ...proof } = basis
  return { ...said, basis: proof }
}

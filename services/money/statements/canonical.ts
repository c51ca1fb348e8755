import { createHash } from 'node:crypto'
import { formatDecimal } from '../decimal.ts'
import type { Statement } from './statement.ts'

/**
 * JSON with keys in order and without spaces; a bigint is a decimal (services/money/decimal.ts) and becomes its plain text. Equal values
 * give equal bytes.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'bigint') return JSON.stringify(formatDecimal(value))
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`
}

/**
 * What a statement says, as the bytes that its hash is taken of: all of it but its status, as of when it was drafted, when, by whom and why it was closed, and
 * `raw_rows`, which a redelivery may raise without changing anything that is billed.
 */
export function statementContent(statement: Statement): string {
  const {
    status: _status,
    as_of_ms: _as_of,
    closed_at_ms: _at,
    closed_by: _by,
    forced_reason: _reason,
    content_sha256: _hash,
    basis,
    ...said
  } = statement
  const { raw_rows: _rows, ...proof } = basis
  return canonicalJson({ ...said, basis: proof })
}

/** SHA-256 of `statementContent`, hexadecimal. */
export function contentHash(statement: Statement): string {
  return createHash('sha256').update(statementContent(statement)).digest('hex')
}

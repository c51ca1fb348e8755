import { AppError } from '../../platform/errors.ts'
import type { Row } from './report.ts'

/** Which of two rows comes first by `keys`: numbers by size, texts by code unit, false before true. */
export function compareRows(a: Row, b: Row, keys: readonly string[]): number {
  for (const key of keys) {
    const order = compareValues(a[key], b[key])
    if (order !== 0) return order
  }
  return 0
}

/**
 * Whether a row comes behind the one whose keys a cursor has as text; without a cursor every row does.
 * API_REQUEST_INVALID for keys that do not fit.
 */
export function isBehind(row: Row, keys: readonly string[], after: readonly string[] | undefined): boolean {
  if (after === undefined) return true
  if (after.length !== keys.length) {
    throw new AppError('API_REQUEST_INVALID', 'cursor is damaged, expected the next_cursor of the page before')
  }
  const last = Object.fromEntries(keys.map((key, index) => [key, typeof row[key] === 'number' ? Number(after[index]) : after[index]]))
  return compareRows(row, last, keys) > 0
}

function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const [left, right] = [String(a), String(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

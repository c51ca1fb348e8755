import { formatDecimal } from '../decimal.ts'
import type { Statement } from './statement.ts'

/** A statement as values of JSON: every decimal is text, times are also given as ISO 8601. */
export function statementJson(statement: Statement): Record<string, unknown> {
  const { details, ...rest } = statement
  return {
    ...(plain(rest) as object),
    period_start: iso(statement.period_start_ms),
    period_end: iso(statement.period_end_ms),
    closed_at: statement.closed_at_ms === null ? null : iso(statement.closed_at_ms),
    details: plain(details),
  }
}

/** Time as ISO 8601 in UTC, to the second. */
export function iso(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return formatDecimal(value)
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
}

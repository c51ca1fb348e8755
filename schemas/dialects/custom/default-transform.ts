import Type, { type TObject, type TSchema } from 'typebox'
import { AttemptContent } from '../../attempt.ts'
import type { Transform } from '../dialect.ts'

const properties = (AttemptContent as TObject).properties as Record<string, TSchema>
const TIMES: ReadonlySet<string> = new Set(['started_at', 'ended_at'])
const COUNTS: ReadonlySet<string> = new Set(['attempts_reported', 'total_tokens'])

/**
 * How a canonical field is read where a mapping does not say: times as ISO 8601 or seconds or milliseconds, durations as milliseconds, by
 * its type else.
 */
export function defaultTransform(column: string): Transform {
  const schema = properties[column]
  if (TIMES.has(column)) return 'time'
  if (column === 'reported_cost') return 'decimal_text'
  if (column === 'billed_units' || column === 'price_modifiers') return column
  if (COUNTS.has(column) || (schema && Type.IsInteger(schema))) return 'count'
  if (schema && Type.IsBoolean(schema)) return 'flag'
  return column.endsWith('_ms') ? 'ms' : 'text'
}

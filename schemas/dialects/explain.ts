import { attemptContentColumns, emptyAttempt } from '../attempt.ts'
import { isObject } from './dialect.ts'
import { type Reader, sourcesOf } from './field-table.ts'
import { readAttempts } from './read-attempts.ts'
import { recogniseDialect } from './registry.ts'

/** Why a line is read as it is. */
export interface Explanation {
  dialect: string
  evidence: string
  /** Set when the line is no attempt at a model: why it is passed over. */
  skipped: string | undefined
  attempts: number
  /** Canonical fields of the last attempt that are not at their default, with the source field or "worked out". */
  fields: readonly { field: string; value: unknown; from: string }[]
  /** JSON text of what the dialect had and Weir does not name. */
  extra: string
  /** Canonical fields that the dialect could give and this line does not. */
  missing: readonly string[]
}

const empty = emptyAttempt('', '', 0)
/** Token columns are worked out from facts of these names in every dialect's table. */
const tokenFacts: Readonly<Record<string, string>> = {
  input_tokens: 'input',
  cached_input_tokens: 'cached_input',
  cache_write_tokens: 'cache_write',
  output_tokens: 'output',
  reasoning_tokens: 'reasoning',
}

/** Explains one parsed line. Throws what decoding throws: LINE_DIALECT_UNKNOWN, LINE_FIELD_MISSING, LINE_FIELD_INVALID. */
export function explainLine(value: unknown, own: readonly Reader[], hint = ''): Explanation {
  const line = isObject(value) ? value : {}
  const { reader, evidence } = recogniseDialect(line, hint, own)
  const { dialect } = reader
  const skipped = dialect.skips?.(line)
  if (skipped !== undefined) return { dialect: dialect.name, evidence, skipped, attempts: 0, fields: [], extra: '', missing: [] }
  const attempts = readAttempts(reader, line, { source: '', hasEscapes: true })
  const attempt = attempts.at(-1)
  const sources = sourcesOf(reader, dialect.open === undefined ? line : dialect.open(line))
  const isGiven = (column: keyof typeof empty) => attempt !== undefined && attempt[column] !== empty[column] && column !== 'extra'
  return {
    dialect: dialect.name,
    evidence,
    skipped: undefined,
    attempts: attempts.length,
    fields: attemptContentColumns
      .filter(isGiven)
      .map(field => ({ field, value: attempt?.[field], from: sources[field] ?? factOf(field, sources) })),
    extra: attempt?.extra ?? '',
    missing: Object.keys(dialect.fields).filter(field => sources[field] === undefined && !isGiven(field as keyof typeof empty)),
  }
}

function factOf(field: string, sources: Readonly<Record<string, string>>): string {
  const fact = sources[tokenFacts[field] ?? '']
  return fact === undefined ? 'worked out' : `${fact}, by the token convention`
}

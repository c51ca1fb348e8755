import { type AttemptContent, attemptContentColumns, emptyAttempt } from '../attempt.ts'
import { isObject, type Line } from './dialect.ts'
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
  /** Canonical fields of the last attempt that are not at their default, with the source field, or what they were worked out of. */
  fields: readonly { field: string; value: unknown; from: string }[]
  /** JSON text of what the dialect had and Weir does not name. */
  extra: string
  /** Canonical fields that the dialect could give and this line does not. */
  missing: readonly string[]
}

const empty = emptyAttempt('', '', 0)
const SHOWN_PATHS = 3
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
  const opened = dialect.open === undefined ? line : dialect.open(line)
  const sources = sourcesOf(reader, opened)
  const influences = attempt === undefined ? {} : influencesOn(attempt, reader, opened, Object.values(sources))
  const isGiven = (column: keyof typeof empty) => attempt !== undefined && attempt[column] !== empty[column] && column !== 'extra'
  return {
    dialect: dialect.name,
    evidence,
    skipped: undefined,
    attempts: attempts.length,
    fields: attemptContentColumns
      .filter(isGiven)
      .map(field => ({ field, value: attempt?.[field], from: sources[field] ?? factOf(field, sources) ?? workedOut(influences[field]) })),
    extra: attempt?.extra ?? '',
    missing: Object.keys(dialect.fields).filter(field => sources[field] === undefined && !isGiven(field as keyof typeof empty)),
  }
}

function factOf(field: string, sources: Readonly<Record<string, string>>): string | undefined {
  const fact = sources[tokenFacts[field] ?? '']
  return fact === undefined ? undefined : `${fact}, by the token convention`
}

function workedOut(paths: readonly string[] = []): string {
  return paths.length === 0
    ? 'worked out'
    : `worked out of ${paths.slice(0, SHOWN_PATHS).join(', ')}${paths.length > SHOWN_PATHS ? ', …' : ''}`
}

/**
 * For each column the source fields without which it would be another: found by leaving them out one by one, as code decides what it is
 * made of.
 */
function influencesOn(attempt: AttemptContent, reader: Reader, opened: Line, named: readonly string[]): Partial<Record<string, string[]>> {
  const { open: _open, ...dialect } = reader.dialect
  const found: Partial<Record<string, string[]>> = {}
  for (const path of new Set([...named, ...Object.keys(opened)])) {
    const other = lastAttempt({ ...reader, dialect }, without(opened, path.split('/')) as Line)
    for (const column of attemptContentColumns) {
      const paths = found[column] ?? []
      // A whole object says less than the field in it that was found before.
      const isKnown = other === undefined || other[column] === attempt[column] || paths.some(inner => inner.startsWith(`${path}/`))
      if (!isKnown) found[column] = [...paths, path]
    }
  }
  return found
}

/** The last attempt of a line; undefined where the line has become unreadable. */
function lastAttempt(reader: Reader, line: Line): AttemptContent | undefined {
  try {
    return readAttempts(reader, line, { source: '', hasEscapes: false }).at(-1)
  } catch {
    return undefined
  }
}

function without(value: unknown, [step = '', ...rest]: readonly string[]): unknown {
  if (Array.isArray(value))
    return rest.length === 0 ? value.toSpliced(Number(step), 1) : value.with(Number(step), without(value[Number(step)], rest))
  if (!isObject(value)) return value
  const { [step]: inner, ...others } = value
  return rest.length === 0 ? others : { ...others, [step]: without(inner, rest) }
}

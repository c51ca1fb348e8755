import { AppError } from '../../services/platform/errors.ts'
import { canonical } from './canonical.ts'
import type { Dialect, Line } from './dialect.ts'
import { envoy } from './envoy.ts'
import { buildReader, type Reader } from './field-table.ts'
import { kong } from './kong.ts'
import { litellm } from './litellm.ts'

/** Every dialect that Weir reads, in the order in which they are tried. */
export const dialects: readonly Dialect[] = [canonical, envoy, litellm, kong]

const readers: readonly Reader[] = dialects.map(buildReader)
const readersByName: ReadonlyMap<string, Reader> = new Map(readers.map(reader => [reader.dialect.name, reader]))

/** A dialect's reader with the evidence that the line is of that dialect. */
export interface Recognised {
  reader: Reader
  evidence: string
}

/**
 * The dialect of a line. `hint` is the sender's word: it is tried first, and a wrong or unknown one does no harm. Throws LINE_DIALECT_UNKNOWN with the
 * line's first fields when nothing recognises it.
 */
export function recogniseDialect(line: Line, hint = ''): Recognised {
  const hinted = readersByName.get(hint)
  const evidenceOfHint = hinted?.dialect.recognises(line)
  if (hinted !== undefined && typeof evidenceOfHint === 'string') return { reader: hinted, evidence: evidenceOfHint }
  for (const reader of readers) {
    const evidence = reader.dialect.recognises(line)
    if (evidence !== false) return { reader, evidence }
  }
  const names = Object.keys(line).slice(0, 8).join(', ')
  const known = dialects.map(dialect => dialect.name).join(', ')
  throw new AppError('LINE_DIALECT_UNKNOWN', `No dialect (${known}) recognises a line with the fields ${names === '' ? '(none)' : names}.`)
}

import type { AttemptContent } from '../../../schemas/attempt.ts'
import { readAttempts } from '../../../schemas/dialects/read-attempts.ts'
import { recogniseDialect } from '../../../schemas/dialects/registry.ts'
import type { SkipReason } from '../../../schemas/dialects/skip-reasons.ts'

/** The attempts of a line (through JSON, as they come), with the dialect recognised from the line itself. */
export function attemptsOf(line: unknown): AttemptContent[] {
  const parsed = JSON.parse(JSON.stringify(line)) as Record<string, unknown>
  return readAttempts(recogniseDialect(parsed).reader, parsed, { source: '', hasEscapes: true })
}

/** The only attempt of a line. */
export function attemptOf(line: unknown): AttemptContent {
  const [first, ...rest] = attemptsOf(line)
  if (first === undefined || rest.length > 0) throw new Error(`expected one attempt, got ${rest.length + (first === undefined ? 0 : 1)}`)
  return first
}

/** The lines of an NDJSON sample, parsed. */
export function linesOf(bytes: Buffer): Record<string, unknown>[] {
  return bytes
    .toString('utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Record<string, unknown>)
}

/** The sum of a numeric column. */
export function sum(attempts: readonly AttemptContent[], column: keyof AttemptContent): number {
  return attempts.reduce((total, attempt) => total + Number(attempt[column] ?? 0), 0)
}

/** Why a line is skipped; undefined: it is none that is. */
export function skipOf(line: unknown): SkipReason | undefined {
  const parsed = JSON.parse(JSON.stringify(line)) as Record<string, unknown>
  return recogniseDialect(parsed).reader.dialect.skips?.(parsed)
}

/** What makes an attempt the same as another: the event identity of settling, as text. */
export function identityOf({ tenant_id, source, request_id, attempt_key }: AttemptContent): string {
  return JSON.stringify([tenant_id, source, request_id, attempt_key])
}

import { createHash } from 'node:crypto'
import type { AttemptContent } from '../attempt.ts'
import { isObject, type Line } from './dialect.ts'

/**
 * An identity for a line that carries none: a fingerprint of all it says, so that the same line sent twice is one request. Two requests
 * whose lines are equal to the last digit would count as one, which times with fractions of a second and client ports make unlikely.
 * undefined: it is nested too deep to be read again.
 */
export function ownIdentity(line: Line): string | undefined {
  try {
    return `line-${createHash('sha256').update(JSON.stringify(line, sorted)).digest('hex').slice(0, 24)}`
  } catch {
    // Nested so deep that it cannot be written out again.
    return undefined
  }
}

/** Objects with their fields in order: a shipper may write them in another when it sends a line again. */
function sorted(_name: string, value: unknown): unknown {
  return isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value
}

/**
 * What tells an attempt from the others of its request: the instant at which it started, in ms (never the text of a time, which has many
 * forms), its number, and what else the source gives (`own`). Clients, agents and meshes send one request id with many calls, so an id
 * alone is no identity.
 */
export function startKey(attempt: Pick<AttemptContent, 'started_at' | 'attempt_no'>, ...own: readonly string[]): string {
  let key = `${attempt.started_at}:${attempt.attempt_no}`
  for (const part of own) if (part !== '') key += `:${part}`
  return key
}

import { createHash } from 'node:crypto'
import type { AttemptContent } from '../attempt.ts'
import type { Line } from './dialect.ts'

/**
 * An identity for a line that carries none: a fingerprint of all it says, so that the same line sent twice is one request. Two requests
 * whose lines are equal to the last digit would count as one, which times with fractions of a second and client ports make unlikely.
 */
export function ownIdentity(line: Line): string {
  return `line-${createHash('sha256').update(JSON.stringify(line)).digest('hex').slice(0, 24)}`
}

/**
 * What tells an attempt from the others of its request: the instant at which it started, in ms (never the text of a time, which has many
 * forms), its number, and what else the source gives (`own`). Clients, agents and meshes send one request id with many calls, so an id
 * alone is no identity.
 */
export function startKey(attempt: Pick<AttemptContent, 'started_at' | 'attempt_no'>, ...own: readonly string[]): string {
  return [attempt.started_at, attempt.attempt_no, ...own.filter(part => part !== '')].join(':')
}

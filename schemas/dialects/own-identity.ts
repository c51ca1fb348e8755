import { createHash } from 'node:crypto'
import type { Line } from './dialect.ts'

/**
 * An identity for a line that carries none: a fingerprint of all it says, so that the same line sent twice is one request. Two requests whose lines are
 * equal to the last digit would count as one, which times with fractions of a second and client ports make unlikely.
 */
export function ownIdentity(line: Line): string {
  return `line-${createHash('sha256').update(JSON.stringify(line)).digest('hex').slice(0, 24)}`
}

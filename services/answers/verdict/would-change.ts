import { LEAST_FAILURES, type VerdictFinding } from './judge-group.ts'
import type { Storm } from './storms.ts'

/** The change that would turn the verdict on the worst finding, or end the first storm; null: none is known. */
export function wouldChange(worst: VerdictFinding | undefined, storms: readonly Storm[]): string | null {
  const [storm] = storms
  if (storm !== undefined) return againstStorm(storm)
  if (worst === undefined) return null
  if (worst.verdict === 'hurts')
    return worst.from_upstream === worst.to_upstream
      ? `no further try after ${worst.cause} on ${worst.route}`
      : `another target than ${worst.to_upstream} for ${worst.route}, or a cap on what falls back to it`
  const lacking = LEAST_FAILURES - worst.first_failures
  return worst.verdict === 'too little data' && worst.retried > 0 && lacking > 0 ? `about ${lacking} more failures` : null
}

/** The policy to change: the gateway's, or how often a client may send. */
function againstStorm({ origin, route, policy, resender }: Storm): string {
  const where = route || 'the route'
  if (origin === 'gateway') {
    const whose = policy === '' ? where : `policy ${policy} of ${where}`
    return `a retry budget of a tenth to a fifth on ${whose}: further attempts of a failing minute would stay below it`
  }
  const who = resender === null ? 'clients' : `key ${resender.api_key_id || 'unknown'} of ${resender.tenant_id}`
  return `a request limit for ${who} on ${where}, with Retry-After on what it refuses: it sends again what fails`
}

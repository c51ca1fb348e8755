import type { Storm } from './storms.ts'

/** First failures under which no word but hurts is said. */
export const LEAST_FAILURES = 30

/** What is known of a finding when it is asked what would turn it. */
interface Judged {
  readonly verdict: 'helps' | 'neutral' | 'hurts' | 'too little data'
  readonly route: string
  readonly cause: string
  readonly from_upstream: string
  readonly to_upstream: string
  readonly first_failures: number
  readonly retried: number
  readonly net_interval: { readonly low: number }
  readonly added_latency_ms: number | null
  readonly collateral: object | null
  readonly storm: Storm | null
}

/** The change that would turn the verdict: fewer tries, a shorter time limit, another target, more data; null: none is known. */
export function wouldChange(one: Judged): string | null {
  if (one.storm !== null) return againstStorm(one.storm)
  const isRetry = one.from_upstream === one.to_upstream
  if (isRetry && one.verdict !== 'helps' && one.retried >= LEAST_FAILURES) return fewerTries(one)
  switch (one.verdict) {
    case 'hurts':
      return isRetry ? fewerTries(one) : `another target than ${one.to_upstream} for ${one.route}, or a cap on what falls back to it`
    case 'helps':
      return one.collateral === null
        ? null
        : `about ${Math.ceil(one.net_interval.low)} more of ${one.to_upstream}'s own requests lost or late for it`
    case 'too little data': {
      const lacking = LEAST_FAILURES - one.first_failures
      return one.retried > 0 && lacking > 0 ? `about ${lacking} more failures` : null
    }
    case 'neutral':
      return null
  }
}

/** Retries that do not help; after a time limit each of them costs its wait as well. */
function fewerTries({ cause, route, added_latency_ms }: Judged): string {
  return cause === 'timeout' && added_latency_ms !== null
    ? `a shorter time limit or one try less on ${route}: the last try begins ${Math.round(added_latency_ms)} ms late, mostly in vain`
    : `no further try after ${cause} on ${route}`
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

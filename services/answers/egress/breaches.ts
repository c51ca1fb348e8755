import { isoTime } from '../settled-until.ts'
import { type BreachReason, breachOf, type EgressPolicy } from './egress-policy.ts'

/** What a tenant sent to a region of a provider in the period. */
export interface TrafficRow {
  readonly tenant_id: string
  readonly provider: string
  readonly region: string
  readonly attempts: number
  readonly tokens: number
  /** Exact decimal text. */
  readonly cost: string
  readonly currency: string
  readonly first_ms: number
  /** End of the last minute with such traffic, ms. */
  readonly last_ms: number
}

/** Traffic that policy does not allow. Exact: no statistics, no threshold. */
export interface Breach {
  readonly tenant_id: string
  readonly reason: BreachReason
  readonly tokens: number
  readonly cost: string
  readonly currency: string
  readonly first: string
  readonly last: string
}

/** The rows that the policy does not allow, each with why, the dearest first. */
export function breachesOf(rows: readonly TrafficRow[], policy: EgressPolicy): (TrafficRow & { readonly breach: Breach })[] {
  return rows
    .flatMap(row => {
      const reason = breachOf(policy, row)
      if (reason === undefined) return []
      const { tenant_id, tokens, cost, currency, first_ms, last_ms } = row
      return [{ ...row, breach: { tenant_id, reason, tokens, cost, currency, first: isoTime(first_ms), last: isoTime(last_ms) } }]
    })
    .sort((a, b) => Number(b.cost) - Number(a.cost) || b.attempts - a.attempts || (a.tenant_id < b.tenant_id ? -1 : 1))
}

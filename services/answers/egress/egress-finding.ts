import type { Finding, Interval } from '../answer.ts'
import type { Breach } from './breaches.ts'
import type { ProviderState } from './judge-provider.ts'
import type { HeadroomRow, UnreachedRow } from './provider-minutes.ts'

/** The states of a provider, and not allowed: traffic to it that policy does not allow. The most pressing first. */
export const EGRESS_STATES = ['not allowed', 'failing', 'limited', 'slow', 'recovered', 'healthy', 'too little traffic'] as const
export type EgressState = 'not allowed' | ProviderState
/** Whose fault it is, by what the others did in the same minutes. */
export const FAULTS = ['our egress', 'the provider', 'the model', 'our limit', 'unknown'] as const

/** What is left of a limit. */
export type Headroom = Omit<HeadroomRow, 'provider' | 'region'>

/** The state of a provider × region × model, or traffic that is not allowed. Shares are of attempts, 0 to 1. */
export interface EgressFinding extends Finding {
  readonly provider: string
  readonly region: string
  /** Empty: all of them (of what is not allowed). */
  readonly model: string
  readonly state: EgressState
  readonly fault: (typeof FAULTS)[number]
  readonly attempts: number
  readonly failed: number
  readonly failed_share: number
  readonly interval: Interval
  readonly usual_share: number
  readonly timeouts: number
  readonly unreached: number
  /** Of the provider and region, all models: why it could not be reached. */
  readonly unreached_by: readonly Omit<UnreachedRow, 'provider' | 'region'>[]
  readonly rate_limited: number
  readonly errors: number
  /** When it began, ISO 8601; null: it is healthy. */
  readonly since: string | null
  /** When it was over; null: it is not, or never began. */
  readonly until: string | null
  readonly ttft_p50_ms: number | null
  readonly usual_ttft_p50_ms: number | null
  readonly ttft_drift: number | null
  /** Of the provider and region, all models. */
  readonly headroom: readonly Headroom[]
  readonly fallbacks: readonly { readonly upstream: string; readonly requests: number }[]
  /** What policy does not allow; null: the finding is the state of a provider. */
  readonly breach: Breach | null
}

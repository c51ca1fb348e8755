import type { Finding, Interval } from '../answer.ts'

/**
 * share: a tenant of a pool got less than its fair share, or more while others went short; priority: what a pool's priority classes are
 * worth; lack: tenants without a budget, a policy or a route.
 */
export const FAIRNESS_KINDS = ['share', 'priority', 'lack'] as const
/**
 * short, over: of a fair share; inverted: the higher class waits longer; ignored: both wait alike; honoured; without: something is not
 * there; fair: nobody goes short.
 */
export const FAIRNESS_STATES = ['inverted', 'short', 'over', 'ignored', 'without', 'fair', 'honoured'] as const
export const LACKS = ['budget', 'policy', 'route'] as const

/** One thing found. Shares are 0 to 1; what does not concern the kind is null or empty. */
export interface FairnessFinding extends Finding {
  readonly kind: (typeof FAIRNESS_KINDS)[number]
  readonly state: (typeof FAIRNESS_STATES)[number]
  readonly pool: string
  readonly tenant_id: string
  /** Part of the work asked of the pool, and of the work done, that is this tenant's. */
  readonly demand_share: number | null
  readonly service_share: number | null
  /** Service over fair share, with its interval. */
  readonly of_fair_share: number | null
  readonly interval: Interval | null
  readonly asked: number
  readonly served: number
  readonly jain: number | null
  readonly higher: string
  readonly lower: string
  readonly higher_queue_ms: number | null
  readonly lower_queue_ms: number | null
  readonly minutes: number
  readonly lack: (typeof LACKS)[number] | null
  readonly tenants: readonly string[]
  readonly requests: number
  readonly cost: string | null
  readonly currency: string
}

/** A finding of nothing yet: what a kind does not have. */
export const emptyFinding = {
  ...{ pool: '', tenant_id: '', demand_share: null, service_share: null, of_fair_share: null, interval: null, asked: 0, served: 0 },
  ...{ jain: null, higher: '', lower: '', higher_queue_ms: null, lower_queue_ms: null, minutes: 0, lack: null, tenants: [] },
  ...{ requests: 0, cost: null, currency: '' },
} as const satisfies Partial<FairnessFinding>

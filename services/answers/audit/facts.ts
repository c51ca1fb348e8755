import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { HOUR } from '../../platform/clock.ts'
import { explainFairness } from '../fairness/explain-fairness.ts'
import type { FairnessFinding } from '../fairness/fairness-finding.ts'
import { readFairnessInputs } from '../fairness/fairness-question.ts'
import type { AnswerDeps, Asked } from '../question.ts'
import { explainRollouts } from '../rollouts/explain-rollouts.ts'
import type { RolloutFinding } from '../rollouts/rollout-finding.ts'
import { readRolloutInputs } from '../rollouts/rollouts-question.ts'
import { readSettledUntil, type SettledUntil } from '../settled-until.ts'

/** Attempts by upstream; what is known of them, in attempts unless the name says requests. */
export interface TrafficFact {
  readonly upstream_kind: string
  readonly upstream: string
  readonly requests: number
  readonly attempts: number
  /** Not turned away at the gateway. */
  readonly sent_attempts: number
  readonly routed_attempts: number
  readonly policed_attempts: number
  readonly prioritised_attempts: number
  readonly ok_attempts: number
  readonly unknown_usage_attempts: number
  readonly unpriced_attempts: number
  readonly unseen_attempts: number
  readonly attempts_reported: number
  /** Requests whose time to first token is known. */
  readonly timed_requests: number
  /** Requests whose time in a queue is known. */
  readonly queued_requests: number
  readonly successful_requests: number
  readonly timeouts: number
}

/** A route; `worst_amplification`: attempts per request of its worst minute with at least 30 requests, 0: there was none. */
export interface RouteFact {
  readonly route: string
  readonly requests: number
  readonly attempts_reported: number
  readonly worst_amplification: number
  readonly timeouts: number
  readonly upstreams: readonly string[]
  readonly policies: readonly string[]
  readonly priorities: readonly string[]
  readonly retried_requests: number
  readonly recovered: number
  readonly failed_after_all: number
  readonly failed_at_once: number
}

/** A pool; counts of minutes with traffic or readings. */
export interface PoolFact {
  readonly pool: string
  readonly minutes: number
  readonly read_minutes: number
  readonly forecast_minutes: number
  readonly saturated_minutes: number
  readonly engines: number
  readonly waiting_max: number | null
  readonly attempts: number
}

/** Everything that the audit judges by. */
export interface AuditFacts {
  readonly settled: SettledUntil
  readonly traffic: readonly TrafficFact[]
  readonly routes: readonly RouteFact[]
  readonly pools: readonly PoolFact[]
  /** Minutes of pools with several engines; `uneven`: requests waited at one engine while another was free. */
  readonly uneven: readonly { readonly pool: string; readonly minutes: number; readonly uneven_minutes: number }[]
  readonly senders: readonly {
    readonly gateway: string
    readonly dialect: string
    readonly attempts: number
    readonly keyed_attempts: number
    readonly sources: number
  }[]
  readonly tenants: readonly { readonly tenant_id: string; readonly requests: number }[]
  readonly pickers: readonly { readonly pool: string; readonly samples: number }[]
  readonly books: { readonly lines: number; readonly dead_letters: number; readonly parked: number }
  /** Tenants, or patterns of them, that some budget in force is for; '*' and '': all. */
  readonly budgetedTenants: readonly string[]
  /** Who got what at the pools in the last hour. */
  readonly fairness: readonly FairnessFinding[]
  /** Splits of first attempts in the last two hours. */
  readonly rollouts: readonly RolloutFinding[]
}

const queries = {
  traffic: readQuery(import.meta.url, 'traffic'),
  routes: readQuery(import.meta.url, 'routes'),
  pools: readQuery(import.meta.url, 'pools'),
  uneven: readQuery(import.meta.url, 'uneven'),
  senders: readQuery(import.meta.url, 'senders'),
  tenants: readQuery(import.meta.url, 'tenants'),
  pickers: readQuery(import.meta.url, 'pickers'),
} as const
const scope = { isAll: true, tenants: [], seesVolumes: true } as const
const booksSql = readQuery(import.meta.url, 'books')

/** Reads the facts of a period. Rejects with the codes of the client. */
export async function readAuditFacts({ fromMs, toMs, nowMs }: Omit<Asked, 'scope' | 'parameters'>, deps: AnswerDeps): Promise<AuditFacts> {
  const { clickhouse } = deps
  const seconds = (ms: number) => Math.ceil(ms / 1000)
  const parameters = { from: seconds(fromMs), to: seconds(toMs), last_from: seconds(Math.max(fromMs, toMs - HOUR)) }
  const lists = Object.entries(queries).map(async ([name, sql]) => [name, await clickhouse.query(sql, parameters)])
  const last = (ms: number) => ({ fromMs: Math.max(fromMs, toMs - ms), toMs, nowMs, scope, parameters: {} })
  const [settled, [books], shares, splits] = await Promise.all([
    readSettledUntil({ fromMs, toMs, scope }, deps),
    // Lines of files are received now, whatever time they tell of.
    clickhouse.query<AuditFacts['books']>(booksSql, { from: parameters.from, to: seconds(Math.max(toMs, nowMs)) + 60 }),
    readFairnessInputs(last(HOUR), deps),
    readRolloutInputs(last(2 * HOUR), deps),
  ])
  return {
    ...(Object.fromEntries(await Promise.all(lists)) as Omit<
      AuditFacts,
      'settled' | 'books' | 'budgetedTenants' | 'fairness' | 'rollouts'
    >),
    settled,
    books: books ?? { lines: 0, dead_letters: 0, parked: 0 },
    budgetedTenants: shares.budgeted,
    fairness: explainFairness(shares, last(HOUR)).findings,
    rollouts: explainRollouts(splits, last(2 * HOUR)).findings,
  }
}

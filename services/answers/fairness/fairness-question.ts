import Type from 'typebox'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { HOUR } from '../../platform/clock.ts'
import { findingHead, intervalOf } from '../answer.ts'
import { type AnswerDeps, type Asked, question } from '../question.ts'
import { askedParameters } from '../scope-sql.ts'
import { readSettledUntil } from '../settled-until.ts'
import { readBudgetedTenants } from './budgeted.ts'
import { explainFairness, type FairnessInputs, type PoolRow } from './explain-fairness.ts'
import { FAIRNESS_KINDS, FAIRNESS_STATES, LACKS } from './fairness-finding.ts'
import { fairnessMethod } from './fairness-method.ts'
import type { TenantRow } from './find-lacks.ts'
import type { WaitRow } from './judge-priorities.ts'
import type { ShareRow } from './judge-shares.ts'

const queries = {
  pools: readQuery(import.meta.url, 'pools'),
  shares: readQuery(import.meta.url, 'shares'),
  waits: readQuery(import.meta.url, 'waits'),
  tenants: readQuery(import.meta.url, 'tenants'),
} as const

const text = (description: string) => Type.String({ description })
const count = (description: string) => Type.Integer({ minimum: 0, description })
const orNull = (description: string) => Type.Union([Type.Number(), Type.Null()], { description })
const oneOf = (words: readonly string[], description: string) =>
  Type.Union(
    words.map(word => Type.Literal(word)),
    { description },
  )

/** Does everybody get a fair share? */
export const fairnessQuestion = question({
  name: 'fairness',
  summary: 'Does everybody get a fair share, and do priorities count?',
  description:
    'Per pool, in the minutes in which requests waited: the share of the service of each tenant against its share of the demand and a ' +
    'fair share, and whether a higher priority class waits less. Beside it the requests and money of tenants without a budget, at ' +
    'providers without a policy, and without a route.',
  method: fairnessMethod,
  defaultPeriodMs: HOUR,
  isForOperators: true,
  parameters: Type.Object({}),
  finding: Type.Object({
    ...findingHead,
    kind: oneOf(FAIRNESS_KINDS, 'what it is about'),
    state: oneOf(FAIRNESS_STATES, 'what was found'),
    pool: text('pool; empty: all of the platform'),
    tenant_id: text('tenant whose share it is; empty: none'),
    demand_share: orNull('its part of the work that was asked of the pool, 0 to 1'),
    service_share: orNull('its part of the work that was done'),
    of_fair_share: orNull('its service over its fair share'),
    interval: Type.Union([intervalOf('of_fair_share'), Type.Null()], { description: 'null: not a tenant’s share' }),
    asked: count('requests that asked the pool'),
    served: count('of those, answered there'),
    jain: orNull("Jain's index of the tenants' shares; 1: even"),
    higher: text('the higher of two priority classes'),
    lower: text('the lower one'),
    higher_queue_ms: orNull('median wait of the higher class, ms'),
    lower_queue_ms: orNull('median wait of the lower class, ms'),
    minutes: count('minutes with a queue that were looked at'),
    lack: Type.Union([oneOf(LACKS, 'what is not there'), Type.Null()], { description: 'null: nothing of that kind' }),
    tenants: Type.Array(Type.String(), { description: 'tenants that lack it, the dearest first, at most 100' }),
    requests: count('requests that lack it, or whose waits were compared'),
    cost: Type.Union([Type.String(), Type.Null()], { description: 'their list cost, a decimal' }),
    currency: text('currency of the cost'),
  }),
  async ask(asked, deps) {
    return explainFairness(await readFairnessInputs(asked, deps), asked)
  },
})

/** Reads what fairness is judged by. Rejects with the codes of the client. */
export async function readFairnessInputs(asked: Asked, deps: AnswerDeps): Promise<FairnessInputs> {
  const { clickhouse } = deps
  const own = askedParameters(asked)
  const [pools, shares, waits, tenants, budgeted, settled] = await Promise.all([
    clickhouse.query<PoolRow>(queries.pools, own),
    clickhouse.query<ShareRow>(queries.shares, own),
    clickhouse.query<WaitRow>(queries.waits, own),
    clickhouse.query<TenantRow>(queries.tenants, own),
    readBudgetedTenants(asked.nowMs, deps),
    readSettledUntil(asked, deps),
  ])
  return { pools, shares, waits, tenants, budgeted, settled }
}

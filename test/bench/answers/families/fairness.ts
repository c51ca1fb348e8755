/**
 * A pool that is asked for more than it can do by three tenants, two of them interactive and one in batches; its engines serve first come
 * first served, or one class before all others, as they should or the wrong way round. The truth is the simulator's: who was answered, and
 * which class was made to go first.
 */
import { explainFairness } from '../../../../services/answers/fairness/explain-fairness.ts'
import { readFairnessInputs } from '../../../../services/answers/fairness/fairness-question.ts'
import type { PlatformConfig } from '../../../../services/demo/simulation/platform-model.ts'
import { SECOND } from '../../../../services/platform/clock.ts'
import type { Family, Play, Played, Score } from '../family.ts'
import { drawsOf, policyOf, poolOf, tenantOf } from './small-platform.ts'

const START_MS = Date.UTC(2026, 8, 1, 8)
const MINUTES = 30
const POOL = 'llama'
/** What two engines of this kind serve a second. */
const CAPACITY_PER_S = 2 * 2.6

const KINDS = ['first come', 'honoured', 'inverted', 'quiet'] as const
const kindOf = (seed: number) => KINDS[seed % KINDS.length] as (typeof KINDS)[number]
const FIRST = { honoured: 'interactive', inverted: 'batch' } as Partial<Record<(typeof KINDS)[number], string>>

function build(seed: number): Play {
  const draw = drawsOf(seed)
  const kind = kindOf(seed)
  const load = kind === 'quiet' ? 0.4 : 1.3 + 0.5 * draw()
  const small = 0.15 + 0.1 * draw()
  const batch = 0.3 + 0.2 * draw()
  const tenant = (name: string, share: number, priority: string) =>
    tenantOf(name, 'chat', share * load * CAPACITY_PER_S, { priority, arrivals: 'steady', stream_share: 1, tokens: 'azure-conversation' })
  const first_priority = FIRST[kind]
  const pool = poolOf(POOL, 2, { running_limit: 256, kv_capacity_tokens: 56_000, ...(first_priority !== undefined && { first_priority }) })
  const platform: PlatformConfig = {
    gateways: [{ name: 'weir', dialect: 'canonical' }],
    routes: [
      {
        name: 'chat',
        gateway: 'weir',
        request_model: pool.model,
        policy: policyOf('once', { per_try_timeout_ms: 20 * SECOND }),
        backends: [{ priority: 0, upstream_kind: 'pool', upstream: POOL, model: pool.model }],
      },
    ],
    pools: [pool],
    providers: [],
    tenants: [tenant('small', small, 'interactive'), tenant('large', 1 - small - batch, 'interactive'), tenant('nightly', batch, 'batch')],
  }
  return { simulation: { seed, startMs: START_MS, platform, incidents: [] }, minutes: MINUTES }
}

/** Share of its requests that each tenant had answered, by the simulator's own account. */
function answeredShares({ truth, toMs }: Played): Map<string, number> {
  const byTenant = Map.groupBy(
    truth.requests.filter(one => one.started_at < toMs),
    one => one.tenant_id,
  )
  return new Map([...byTenant].map(([tenant, own]) => [tenant, own.filter(one => one.outcome === 'ok').length / own.length]))
}

async function score(played: Played): Promise<readonly Score[]> {
  const { fromMs, toMs, seed } = played
  const asked = { fromMs, toMs, nowMs: toMs, scope: { isAll: true, tenants: [], seesVolumes: true }, parameters: {} }
  const { findings } = explainFairness(await readFairnessInputs(asked, played), asked)
  const kind = kindOf(seed)
  const priority = findings.find(one => one.kind === 'priority')?.state
  const worst = findings.find(one => one.state === 'short')?.tenant_id
  const shares = answeredShares(played)
  const least = Math.min(...shares.values())
  // One class before the other: the class that comes last is starved while the first is served whole.
  const isStarved = FIRST[kind] !== undefined && least < 0.6 && Math.max(...shares.values()) > 0.9
  const starved = [...shares].filter(([, share]) => share < least + 0.1).map(([tenant]) => tenant)
  const sizes = [...Map.groupBy(played.truth.requests, one => one.tenant_id)].sort((a, b) => a[1].length - b[1].length)
  return [
    { score: 'priority: inverted told', by: 'weir', ...(kind === 'inverted' && { isRight: priority === 'inverted' }) },
    {
      score: 'priority: honoured or ignored never called inverted',
      by: 'weir',
      ...(kind !== 'inverted' && { isRight: priority !== 'inverted' }),
    },
    { score: 'priority: honoured told', by: 'weir', ...(kind === 'honoured' && { isRight: priority === 'honoured' }) },
    { score: 'priority: first come called ignored', by: 'weir', ...(kind === 'first come' && { isRight: priority === 'ignored' }) },
    { score: 'worst tenant named first', by: 'weir', ...(isStarved && { isRight: worst !== undefined && starved.includes(worst) }) },
    { score: 'worst tenant named first', by: 'least requests', ...(isStarved && { isRight: starved.includes(sizes[0]?.[0] ?? '') }) },
    { score: 'quiet: nobody called short', by: 'weir', ...(kind === 'quiet' && { isRight: worst === undefined }) },
  ]
}

/** A pool with more to do than it can, and one with less. */
export const fairnessPools: Family = { name: 'fairness-pools', question: 'fairness', build, score }

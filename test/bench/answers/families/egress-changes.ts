/** A provider that fails and answers again, or does not; and traffic that an allow-list does not allow. */
import type { EgressPolicy } from '../../../../services/answers/egress/egress-policy.ts'
import { readEgressInputs } from '../../../../services/answers/egress/egress-question.ts'
import { explainEgress } from '../../../../services/answers/egress/explain-egress.ts'
import { MINUTE } from '../../../../services/platform/clock.ts'
import type { Family, Play, Played, Score } from '../family.ts'
import { drawsOf, policyOf, poolOf, smallPlatform, tenantOf } from './small-platform.ts'

const START_MS = Date.UTC(2026, 8, 1, 8)
const BEFORE = 12
const DURING = 12
const FROM_MS = START_MS + BEFORE * MINUTE

const scope = { isAll: true, tenants: [], seesVolumes: true }
const askedOf = ({ toMs }: Played) => ({ fromMs: FROM_MS, toMs, nowMs: toMs, scope, parameters: {} })

/** Two tenants at openai, one at anthropic. */
function platformOf(draw: () => number) {
  const base = smallPlatform({
    pool: poolOf('llama', 2),
    assistant: policyOf('interactive', { max_attempts_per_priority: 2 }),
    chat: policyOf('once'),
    tenants: [
      tenantOf('acme', 'assistant', 1.5 + 2 * draw()),
      tenantOf('globex', 'assistant', 1 + draw()),
      tenantOf('writers', 'writing', 1 + draw()),
    ],
  })
  const model = { priority: 0, upstream_kind: 'provider', upstream: 'anthropic', model: 'claude-haiku-4-5' } as const
  const writing = { name: 'writing', gateway: 'weir', request_model: 'claude-haiku-4-5', policy: policyOf('once'), backends: [model] }
  return { ...base, routes: [...base.routes, writing] }
}

/** Of three scenarios two recover. */
const recovers = (seed: number) => seed % 3 !== 0

function buildRecovery(seed: number): Play {
  const draw = drawsOf(seed + 17)
  const fromMs = (1 + Math.floor(3 * draw())) * MINUTE
  const toMs = recovers(seed) ? fromMs + (2 + Math.floor(4 * draw())) * MINUTE : DURING * MINUTE
  const fails = { kind: 'provider-fails', provider: 'openai', share: 0.15 + 0.8 * draw(), timeout_share: 0, statuses: [503, 500] } as const
  const script = { name: 'brown-out', phases: [], effects: [{ ...fails, from_ms: fromMs, to_ms: toMs }] }
  return {
    simulation: { seed, startMs: START_MS, platform: platformOf(draw), incidents: [{ start_ms: FROM_MS, script }] },
    minutes: BEFORE + DURING,
  }
}

async function scoreRecovery(played: Played): Promise<readonly Score[]> {
  const asked = askedOf(played)
  const { findings } = explainEgress(await readEgressInputs(asked, played), asked)
  const found = findings.find(one => one.provider === 'openai')
  const [effect] = played.simulation.incidents?.[0]?.script.effects ?? []
  const [fromMs, toMs] = [FROM_MS + (effect?.from_ms ?? 0), FROM_MS + (effect?.to_ms ?? 0)]
  const isNear = (told: string | null | undefined, ms: number) => told != null && Math.abs(Date.parse(told) - ms) <= MINUTE
  const isOver = recovers(played.seed)
  const overFive = (found?.failed ?? 0) > 0.05 * (found?.attempts ?? 0)
  return [
    { score: 'recovered told from failing', by: 'weir', isRight: found?.state === (isOver ? 'recovered' : 'failing') },
    { score: 'recovered told from failing', by: '> 5 % errors', isRight: overFive === !isOver },
    { score: 'begin within a minute', by: 'weir', isRight: isNear(found?.since, fromMs) },
    { score: 'end within a minute', by: 'weir', ...(isOver && { isRight: isNear(found?.until, toMs) }) },
  ]
}

/** Policies, by what they leave out. */
const POLICIES: readonly EgressPolicy[] = [
  { allow: [{ provider: 'openai' }, { provider: 'anthropic' }] },
  { allow: [{ provider: 'openai', tenants: ['acme'] }, { provider: 'anthropic' }] },
  { allow: [{ provider: 'openai' }, { provider: 'anthropic', regions: ['eu-central-1'] }] },
  { allow: [{ provider: 'openai', tenants: ['globex', 'writers'] }] },
]
/** What each leaves out of what the tenants do, written by hand. */
const LEFT_OUT: readonly (readonly string[])[] = [[], ['globex openai'], ['writers anthropic'], ['acme openai', 'writers anthropic']]

function buildBreach(seed: number): Play {
  const platform = platformOf(drawsOf(seed + 29))
  return { simulation: { seed, startMs: START_MS, platform }, minutes: BEFORE + DURING }
}

async function scoreBreach(played: Played): Promise<readonly Score[]> {
  const asked = askedOf(played)
  const policy = POLICIES[played.seed % POLICIES.length]
  const { findings } = explainEgress(await readEgressInputs(asked, { ...played, egressPolicy: policy }), asked)
  const told = findings.filter(one => one.breach !== null).map(one => `${one.breach?.tenant_id} ${one.provider}: ${one.attempts}`)
  const truth = (LEFT_OUT[played.seed % LEFT_OUT.length] ?? []).map(name => {
    const [tenant, provider] = name.split(' ')
    const own = played.truth.requests.filter(one => one.tenant_id === tenant && one.started_at >= FROM_MS && one.started_at < played.toMs)
    return `${name}: ${own.reduce((sum, one) => sum + one.attempts.filter(attempt => attempt.upstream === provider).length, 0)}`
  })
  const isSame = JSON.stringify(told.toSorted()) === JSON.stringify(truth.toSorted())
  return [
    { score: 'what is not allowed told, to the attempt', by: 'weir', ...(truth.length > 0 && { isRight: isSame }) },
    { score: 'what is allowed not told', by: 'weir', ...(truth.length === 0 && { isRight: told.length === 0 }) },
  ]
}

/** Brown-outs that end within the period, and some that do not. */
export const egressRecovery: Family = { name: 'egress-recovery', question: 'egress', build: buildRecovery, score: scoreRecovery }

/** Allow-lists that leave out a tenant, a region, or nothing. */
export const egressBreach: Family = { name: 'egress-breach', question: 'egress', build: buildBreach, score: scoreBreach }

/** A provider fails for some of its calls, or nothing happens: what is said of it, and of the one that is well. */

import { readEgressInputs } from '../../../../services/answers/egress/egress-question.ts'
import { explainEgress } from '../../../../services/answers/egress/explain-egress.ts'
import { MINUTE } from '../../../../services/platform/clock.ts'
import type { Family, Play, Played, Score } from '../family.ts'
import { drawsOf, policyOf, poolOf, smallPlatform, tenantOf } from './small-platform.ts'

const START_MS = Date.UTC(2026, 8, 1, 8)
const BEFORE = 15
const DURING = 5

/** Most that fails of all calls on any day: what is usual is no brown-out. */
const MOST_USUAL = 0.01

/** Share of calls that fail: a third of the scenarios are quiet. */
const shareOf = (seed: number) => (seed % 3 === 0 ? 0 : 0.05 + 0.5 * drawsOf(seed)())

function build(seed: number): Play {
  const draw = drawsOf(seed + 7_919)
  const base = smallPlatform({
    pool: poolOf('llama', 2),
    assistant: policyOf('interactive', { max_attempts_per_priority: 2 }),
    chat: policyOf('once'),
    tenants: [tenantOf('guests', 'assistant', 2 + 3 * draw()), tenantOf('writers', 'writing', 1 + draw())],
  })
  const model = { priority: 0, upstream_kind: 'provider', upstream: 'anthropic', model: 'claude-haiku-4-5' } as const
  const writing = { name: 'writing', gateway: 'weir', request_model: 'claude-haiku-4-5', policy: policyOf('once'), backends: [model] }
  const share = shareOf(seed)
  const time = { from_ms: 0, to_ms: DURING * MINUTE }
  const effect = { kind: 'provider-fails', ...time, provider: 'openai', share, timeout_share: 0.1 * draw(), statuses: [503, 500] } as const
  const error_share = 0.002 + (MOST_USUAL - 0.002) * draw()
  const providers = base.providers.map(one => ({ ...one, error_share }))
  const platform = { ...base, providers, routes: [...base.routes, writing] }
  const incidents =
    share === 0 ? [] : [{ start_ms: START_MS + BEFORE * MINUTE, script: { name: 'brown-out', phases: [], effects: [effect] } }]
  return { simulation: { seed, startMs: START_MS, platform, incidents }, minutes: BEFORE + DURING }
}

/** Share of the calls at openai that failed, by the simulator's own account: those of requests that began in the period. */
function trueShare({ truth }: Played, { fromMs, toMs }: { fromMs: number; toMs: number }): number {
  const calls = truth.requests
    .filter(({ started_at }) => started_at >= fromMs && started_at < toMs)
    .flatMap(({ attempts }) => attempts.filter(({ upstream, outcome }) => upstream === 'openai' && outcome !== 'cancelled'))
  return calls.filter(({ outcome }) => outcome === 'error').length / Math.max(1, calls.length)
}

async function score(played: Played): Promise<readonly Score[]> {
  const fromMs = START_MS + BEFORE * MINUTE
  const scope = { isAll: true, tenants: [], seesVolumes: true }
  const asked = { fromMs, toMs: fromMs + DURING * MINUTE, nowMs: played.toMs, scope, parameters: {} }
  const { findings } = explainEgress(await readEgressInputs(asked, played), asked)
  const isIll = shareOf(played.seed) > 0
  const ofOpenai = findings.filter(one => one.provider === 'openai')
  const isCalledIll = ofOpenai.some(one => one.state === 'failing')
  const others = findings.filter(one => one.provider !== 'openai' && one.state !== 'healthy' && one.state !== 'too little traffic')
  const attempts = ofOpenai.reduce((sum, one) => sum + one.attempts, 0)
  const overFive = ofOpenai.reduce((sum, one) => sum + one.failed, 0) > 0.05 * attempts
  const [worst] = ofOpenai
  const isOff = worst === undefined || Math.abs(worst.failed_share - trueShare(played, asked)) > 0.02
  return [
    { score: 'brown-out found', by: 'weir', ...(isIll && { isRight: isCalledIll }) },
    { score: 'brown-out found', by: '> 5 % errors', ...(isIll && { isRight: overFive }) },
    // One model of it is called, so nothing says that another is well.
    { score: 'the provider blamed', by: 'weir', ...(isIll && { isRight: worst?.fault === 'the provider' }) },
    { score: 'its failed share within 2 points', by: 'weir', isRight: !isOff },
    { score: 'quiet called quiet', by: 'weir', ...(!isIll && { isRight: !isCalledIll }) },
    { score: 'the other provider called well', by: 'weir', isRight: others.length === 0 },
  ]
}

/** Brown-outs of one of two providers. */
export const egressBrownOut: Family = { name: 'egress-brown-out', question: 'egress', build, score }

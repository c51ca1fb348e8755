/**
 * A provider fails and its requests fall back to a pool that may or may not have room for them. The truth is the same seed played with the
 * fallback switched off: requests of all tenants that were answered for it, less own requests of the pool that failed or were late for it.
 */
import { explainVerdict } from '../../../../services/answers/verdict/explain-verdict.ts'
import { readVerdictInputs } from '../../../../services/answers/verdict/verdict-question.ts'
import type { SimulationConfig } from '../../../../services/demo/simulation/run.ts'
import type { RequestTruth } from '../../../../services/demo/simulation/truth.ts'
import { MINUTE } from '../../../../services/platform/clock.ts'
import type { Family, Play, Played, Score } from '../family.ts'
import { simulate } from '../play.ts'
import { drawsOf, policyOf, poolOf, smallPlatform, tenantOf } from './small-platform.ts'

const START_MS = Date.UTC(2026, 8, 1, 8)
const QUIET_MINUTES = 40
const MINUTES = 52

function build(seed: number): Play {
  const draw = drawsOf(seed)
  const native = 1.5 + 3.5 * draw()
  const guests = 0.5 + 3 * draw()
  const failMinutes = 3 + 5 * draw()
  const pool = poolOf('llama', 1 + Math.floor(2.5 * draw()), { kv_capacity_tokens: 26_000 + 40_000 * draw() })
  const timeout_share = 0.3 * draw()
  const assistant = policyOf('interactive', { max_attempts_per_priority: draw() < 0.5 ? 1 : 2, is_fallback_on: true })
  const platform = smallPlatform({
    pool,
    assistant,
    chat: policyOf('once'),
    tenants: [tenantOf('guests', 'assistant', guests), tenantOf('natives', 'chat', native)],
  })
  const effect = { kind: 'provider-fails', provider: 'openai', from_ms: 0, to_ms: failMinutes * MINUTE } as const
  const script = { name: 'outage', phases: [], effects: [{ ...effect, share: 0.6 + 0.4 * draw(), timeout_share, statuses: [503, 500] }] }
  return {
    simulation: { seed, startMs: START_MS, platform, incidents: [{ start_ms: START_MS + QUIET_MINUTES * MINUTE, script }] },
    minutes: MINUTES,
  }
}

/** The same without the fallback. */
function withoutFallback(simulation: SimulationConfig): SimulationConfig {
  const { platform } = simulation
  const routes = platform.routes.map(route => ({ ...route, policy: { ...route.policy, is_fallback_on: false } }))
  return { ...simulation, platform: { ...platform, routes } }
}

const isNative = ({ route }: RequestTruth) => route === 'chat'
const isAnswered = ({ outcome }: RequestTruth) => outcome === 'ok'
const durationOf = ({ started_at, ended_at }: RequestTruth) => ended_at - started_at

/** Net of the fallback in requests, and of how many since the outage began; positive: it helped. */
export function trueNet({ simulation, minutes, truth }: Pick<Played, 'simulation' | 'minutes' | 'truth'>): { net: number; n: number } {
  const off = simulate(withoutFallback(simulation), minutes)
  const quiet = simulate({ ...simulation, incidents: [] }, minutes)
    .requests.filter(isNative)
    .map(durationOf)
  const usual = quiet.sort((a, b) => a - b)[Math.floor(0.95 * quiet.length)] ?? 0
  const goodOf = (requests: readonly RequestTruth[]) =>
    requests.filter(request => isAnswered(request) && (!isNative(request) || durationOf(request) <= usual)).length
  return {
    net: goodOf(truth.requests) - goodOf(off.requests),
    n: truth.requests.filter(({ started_at }) => started_at >= START_MS + QUIET_MINUTES * MINUTE).length,
  }
}

async function score(played: Played): Promise<readonly Score[]> {
  const { net, n } = trueNet(played)
  const fromMs = START_MS + QUIET_MINUTES * MINUTE
  const asked = { fromMs, toMs: played.toMs, nowMs: played.toMs, scope: { isAll: true, tenants: [], seesVolumes: true }, parameters: {} }
  const { findings } = explainVerdict(await readVerdictInputs(asked, played), asked)
  const found = findings.find(one => one.route === 'all routes' && one.to_upstream === 'llama')
  // What is played again with another policy differs by chance too: by some hundredths of its failures.
  const isClear = Math.abs(net) > 0.02 * n
  const isHelp = net > 0
  const recovered = (found?.recovered_by_fallback ?? 0) > (found?.failed ?? 0)
  return [
    { score: 'right where clear', by: 'weir', ...(isClear && { isRight: found?.verdict === (isHelp ? 'helps' : 'hurts') }) },
    { score: 'right where clear', by: 'recovered > failed', ...(isClear && { isRight: recovered === isHelp }) },
    { score: 'not helps where it hurts', by: 'weir', ...(isClear && !isHelp && { isRight: found?.verdict !== 'helps' }) },
    { score: 'not helps where it hurts', by: 'recovered > failed', ...(isClear && !isHelp && { isRight: !recovered }) },
    { score: 'net, estimate less truth, % of requests', by: 'weir', ...(found && { value: (100 * (found.net_requests - net)) / n }) },
  ]
}

/** Outages with a fallback to a pool. */
export const verdictOutage: Family = { name: 'verdict-outage', scenarios: 40, question: 'verdict', build, score }

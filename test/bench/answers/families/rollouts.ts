/**
 * A route splits its first attempts between the model that it had and a canary: at two providers that are alike (by upstream), or two
 * versions at one (by version). The canary differs in one thing or in nothing; the truth is what the simulation was told. Asked at the end
 * of every minute, as an impatient operator does.
 */
import { explainRollouts } from '../../../../services/answers/rollouts/explain-rollouts.ts'
import { readRolloutInputs } from '../../../../services/answers/rollouts/rollouts-question.ts'
import type { PlatformConfig, ProviderConfig, ProviderModelConfig } from '../../../../services/demo/simulation/platform-model.ts'
import type { AttemptTruth } from '../../../../services/demo/simulation/truth.ts'
import { MINUTE } from '../../../../services/platform/clock.ts'
import type { Family, Play, Played, Score } from '../family.ts'
import { drawsOf, policyOf, poolOf, smallPlatform, tenantOf } from './small-platform.ts'

const START_MS = Date.UTC(2026, 8, 1, 8)
const MINUTES = 90
const MODEL = 'gpt-4o-mini'
/** Of the demo's price book; it costs more than the model that is asked for. */
const DEARER = 'claude-haiku-4-5'
const VERSION = 'gpt-4o-mini-next'

/** What the canary is made to be. Every other scenario is of two that are alike: what is false is as much to be seen as what is right. */
const KINDS = ['alike', 'slower', 'alike', 'failing', 'alike', 'longer', 'alike', 'dearer'] as const
type Kind = (typeof KINDS)[number]
const kindOf = (seed: number): Kind => KINDS[seed % KINDS.length] as Kind
/** By upstream or by version: a failure names no version, and a version that costs more has no price of its own in the demo's book. */
const isByUpstream = (seed: number) => kindOf(seed) === 'failing' || kindOf(seed) === 'dearer' || Math.floor(seed / KINDS.length) % 2 === 0

function build(seed: number): Play {
  const draw = drawsOf(seed)
  const kind = kindOf(seed)
  const base = smallPlatform({
    pool: poolOf('llama', 1),
    assistant: policyOf('interactive', { max_attempts_per_priority: 2 }),
    chat: policyOf('once'),
    tenants: [
      tenantOf('large', 'assistant', 1.5 + 1.5 * draw()),
      tenantOf('small', 'assistant', 0.3 + 0.5 * draw(), { tokens: 'mooncake-synthetic', priority: 'batch' }),
    ],
  })
  const share = 0.1 + 0.3 * draw()
  const [openai, anthropic] = base.providers as [ProviderConfig, ProviderConfig]
  const stable = { ...(openai.models.find(({ model }) => model === MODEL) as ProviderModelConfig), does_reason: false }
  const canary = canaryOf(stable, kind, draw)
  const error_share = 0.01 * draw()
  const failing = kind === 'failing' ? 0.08 + 0.1 * draw() : error_share
  const byUpstream = isByUpstream(seed)
  const [first, second] = byUpstream ? ['openai', 'anthropic'] : ['openai', 'openai']
  const own = byUpstream ? [stable] : [stable, { ...canary, model: VERSION, response_model: VERSION }]
  const platform: PlatformConfig = {
    ...base,
    providers: [
      { ...openai, error_share, models: own },
      { ...openai, name: anthropic.name, api_base: anthropic.api_base, address: anthropic.address, error_share: failing, models: [canary] },
    ],
    routes: base.routes.map(route =>
      route.name !== 'assistant'
        ? route
        : {
            ...route,
            backends: [
              { priority: 0, weight: 1 - share, upstream_kind: 'provider', upstream: first as string, model: MODEL },
              {
                priority: 0,
                weight: share,
                upstream_kind: 'provider',
                upstream: second as string,
                model: byUpstream ? canary.model : VERSION,
              },
            ],
          },
    ),
  }
  return { simulation: { seed, startMs: START_MS, platform, incidents: [] }, minutes: MINUTES }
}

function canaryOf(stable: ProviderModelConfig, kind: Kind, draw: () => number): ProviderModelConfig {
  const factor = 1.3 + 0.4 * draw()
  if (kind === 'slower') {
    return { ...stable, ttft_median_ms: stable.ttft_median_ms * factor, tokens_per_s: stable.tokens_per_s / factor }
  }
  if (kind === 'dearer') return { ...stable, model: DEARER, response_model: DEARER }
  return kind === 'longer' ? { ...stable, output_factor: factor } : stable
}

/** Welch's t of two lists, by its normal limit: what a dashboard's reader does every minute. */
function welch(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const of = (values: readonly number[]) => {
    const own = mean(values)
    return values.reduce((sum, value) => sum + (value - own) ** 2, 0) / (values.length - 1) / values.length
  }
  return a.length < 20 || b.length < 20 ? 0 : (mean(a) - mean(b)) / Math.sqrt(of(a) + of(b))
}

/** Whether Welch's test of durations at 5 % would have called it slower at the end of some minute. */
function welchEverSlower({ truth, seed }: Played): boolean {
  const canary: number[] = []
  const stable: number[] = []
  const isCanary = ({ upstream, response_model }: AttemptTruth) =>
    isByUpstream(seed) ? upstream === 'anthropic' : response_model === VERSION
  const answered = truth.requests
    .filter(one => one.route === 'assistant' && one.outcome === 'ok')
    .toSorted((a, b) => a.ended_at - b.ended_at)
  let minute = 0
  for (const { attempts, started_at, ended_at } of answered) {
    const [first] = attempts
    if (first === undefined) continue
    const at = Math.floor((ended_at - START_MS) / MINUTE)
    if (at > minute && welch(canary, stable) > 1.96) return true
    minute = at
    ;(isCanary(first) ? canary : stable).push(ended_at - started_at)
  }
  return welch(canary, stable) > 1.96
}

async function score(played: Played): Promise<readonly Score[]> {
  const { fromMs, toMs, seed } = played
  const kind = kindOf(seed)
  const asked = { fromMs, toMs, nowMs: toMs, scope: { isAll: true, tenants: [], seesVolumes: true }, parameters: {} }
  const inputs = await readRolloutInputs(asked, played)
  const by = isByUpstream(seed) ? 'upstream' : 'version'
  const canary = isByUpstream(seed) ? 'anthropic' : VERSION
  const findingAt = (atMs: number) => {
    const minutes = inputs.minutes.filter(({ at_ms }) => at_ms < atMs)
    const { findings } = explainRollouts({ ...inputs, minutes }, { ...asked, toMs: atMs })
    return findings.find(one => one.by === by && one.canary === canary)
  }
  const looks = Array.from({ length: MINUTES }, (_, index) => findingAt(fromMs + (index + 1) * MINUTE))
  const last = looks.at(-1)
  const everWorse = looks.some(one => one?.state === 'worse' || one?.state === 'mixed')
  const everLonger = looks.some(one => one?.measures.some(({ name, state }) => name === 'output' && state === 'higher'))
  const isWorse = last?.state === 'worse'
  const firstTold = looks.findIndex(one => one?.state === 'worse')
  const isAlike = kind === 'alike'
  return [
    { score: 'split found', by: 'weir', isRight: last !== undefined && inputs.splits.length <= 2 },
    { score: 'alike never called worse, looked at every minute', by: 'weir', ...(isAlike && { isRight: !everWorse }) },
    { score: 'alike never called worse, looked at every minute', by: "Welch's t", ...(isAlike && { isRight: !welchEverSlower(played) }) },
    ...(isAlike ? [] : [{ score: `${kind} called worse by the end`, by: 'weir', isRight: isWorse }]),
    { score: 'minutes until called worse', by: 'weir', ...(!isAlike && firstTold >= 0 && { value: firstTold + 1 }) },
    { score: 'longer answers told', by: 'weir', ...(kind === 'longer' && { isRight: everLonger }) },
    { score: 'alike never called longer', by: 'weir', ...(isAlike && { isRight: !everLonger }) },
  ]
}

/** Canaries of three kinds, and of none. */
export const rolloutCanaries: Family = { name: 'rollout-canaries', question: 'rollouts', build, score }

/**
 * Part of what happened is not seen: half of the scrapes, all of them, or all lines of a gateway from a minute on. What is right is told
 * by what was taken away: an answer names it and is less sure than the same one that saw everything.
 */
import type { Answer, Confidence } from '../../../../services/answers/answer.ts'
import { questions } from '../../../../services/answers/questions.ts'
import { explainFirst } from '../../../../services/answers/saturation/explain-first.ts'
import { readFirstInputs } from '../../../../services/answers/saturation/first-question.ts'
import type { PlatformConfig } from '../../../../services/demo/simulation/platform-model.ts'
import { MINUTE } from '../../../../services/platform/clock.ts'
import type { Family, Play, Played, Score } from '../family.ts'
import { drawsOf, policyOf, poolOf, smallPlatform, tenantOf } from './small-platform.ts'

const START_MS = Date.UTC(2026, 8, 1, 8)
const MINUTES = 40
const KINDS = ['half of the scrapes', 'no engine metrics', 'a silent gateway', 'all is seen'] as const
const kindOf = (seed: number) => KINDS[seed % KINDS.length] as (typeof KINDS)[number]
const EVERYONE = { isAll: true, tenants: [], seesVolumes: true }
const ORDER: readonly Confidence[] = ['cannot tell', 'low', 'medium', 'high']

/** Two gateways, one for the provider and one for the pool. */
function platformOf(draw: () => number): PlatformConfig {
  const base = smallPlatform({
    pool: poolOf('llama', 2, { running_limit: 256, kv_capacity_tokens: 56_000 }),
    assistant: policyOf('interactive', { max_attempts_per_priority: 2 }),
    chat: policyOf('once'),
    tenants: [tenantOf('guests', 'assistant', 1 + draw()), { ...tenantOf('natives', 'chat', 1 + draw()), gateway: 'inner' }],
  })
  const routes = base.routes.map(route => (route.name === 'chat' ? { ...route, gateway: 'inner' } : route))
  return { ...base, routes, gateways: [...base.gateways, { name: 'inner', dialect: 'canonical' }] }
}

/** When the gateway falls silent, minutes from the start. */
const silentFrom = (seed: number) => MINUTES - 6 - Math.floor(15 * drawsOf(seed + 7_919)())

function build(seed: number): Play {
  const draw = drawsOf(seed)
  const kind = kindOf(seed)
  const kept = drawsOf(seed + 104_729)
  const silentMs = START_MS + silentFrom(seed) * MINUTE
  return {
    simulation: { seed, startMs: START_MS, platform: platformOf(draw), incidents: [] },
    minutes: MINUTES,
    isSeen: ({ source, atMs, kind: what }) => {
      if (what === 'scrape') return kind === 'half of the scrapes' ? kept() < 0.5 : kind !== 'no engine metrics'
      return kind !== 'a silent gateway' || source !== 'inner' || atMs < silentMs
    },
  }
}

const saidOf = ({ missing, sentence, findings }: Answer) => [...missing, sentence, ...findings.map(one => one.sentence)].join('\n')

async function score(played: Played): Promise<readonly Score[]> {
  const { seed, toMs } = played
  const kind = kindOf(seed)
  const scores: Score[] = []
  const is = (score: string, isRight: boolean | undefined) => scores.push({ score, by: 'weir', ...(isRight !== undefined && { isRight }) })
  for (const question of questions) {
    if (!['why', 'verdict', 'egress', 'first', 'fairness'].includes(question.name)) continue
    const fromMs = toMs - Math.min(question.defaultPeriodMs, MINUTES * MINUTE)
    const answer = await question.ask({ fromMs, toMs, nowMs: toMs, scope: EVERYONE, parameters: {} }, played)
    const said = saidOf(answer)
    const isNamed = said.includes('no line of inner')
    if (kind === 'a silent gateway') {
      is('silent gateway: named as missing', isNamed)
      is('silent gateway: no answer is sure', ORDER.indexOf(answer.confidence) < ORDER.indexOf('high') && (answer.coverage ?? 1) < 0.95)
    }
    if (kind === 'all is seen') is('all is seen: nothing called missing', !isNamed && !said.includes('of the readings'))
    // Requests of this gateway tell their waits: `why` needs no metrics.
    if (kind === 'no engine metrics' && ['first', 'fairness'].includes(question.name)) {
      is('no engine metrics: said, or cannot tell', /model servers/.test(said))
    }
  }
  if (kind === 'half of the scrapes' || kind === 'all is seen') scores.push(...(await widthsOf(played)))
  return scores
}

/** Half of the readings: named, not sure, and as wide as they are few. */
async function widthsOf(played: Played): Promise<Score[]> {
  const { fromMs, toMs, seed } = played
  const asked = { fromMs, toMs, nowMs: toMs, scope: EVERYONE, parameters: {} }
  const answer = explainFirst(await readFirstInputs(asked, played), asked)
  const [found] = answer.findings
  const width = (found?.index_interval?.high ?? 0) - (found?.index_interval?.low ?? 0)
  if (kindOf(seed) === 'all is seen') return [{ score: 'width of the index, all is seen', by: 'weir', value: width }]
  const isSaid = answer.missing.some(one => one.includes('readings of llama')) || found?.state === 'cannot tell'
  return [
    { score: 'half of the scrapes: named as missing', by: 'weir', isRight: isSaid },
    { score: 'half of the scrapes: no forecast is sure', by: 'weir', isRight: found?.confidence !== 'high' },
    { score: 'width of the index, half of the scrapes', by: 'weir', value: width },
  ]
}

/** What is not seen. */
export const missingData: Family = { name: 'missing-data', question: 'all', build, score }

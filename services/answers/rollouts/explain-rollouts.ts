import { MINUTE } from '../../platform/clock.ts'
import type { Answer, Confidence } from '../answer.ts'
import { isoTime, type SettledUntil } from '../settled-until.ts'
import { type Compared, compareArms, MEASURES, type SplitMinute } from './compare-arms.ts'
import type { Arm, Split } from './find-splits.ts'
import { ROLLOUT_STATES, type RolloutFinding, type RolloutState } from './rollout-finding.ts'
import { comparedWords, sentenceOfArm } from './rollout-words.ts'

/** What rollouts are judged by: the splits that were found and their minutes, by their index. */
export interface RolloutInputs {
  readonly splits: readonly Split[]
  readonly minutes: readonly SplitMinute[]
  readonly settled: SettledUntil
}

/** Caches of an arm that began in the period are cold for so long. */
const WARM_UP_MS = 10 * MINUTE
/** An arm that is there from so early on was there before. */
const WAS_THERE_MS = 2 * MINUTE

/** Splits and their minutes → how each arm does beside the stable one, what is worse first. A pure function. */
export function explainRollouts(
  { splits, minutes, settled }: RolloutInputs,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Answer<RolloutFinding> {
  const byArm = Map.groupBy(minutes, row => `${row.split_index} ${row.arm}`)
  const findings = splits.flatMap((split, index) =>
    split.others.map(arm => findingOf(split, arm, byArm.get(`${index} ${arm.name}`) ?? [], fromMs)),
  )
  findings.sort((a, b) => ROLLOUT_STATES.indexOf(a.state) - ROLLOUT_STATES.indexOf(b.state) || b.canary_requests - a.canary_requests)
  const isEmpty = settled.untilMs === null
  const compared = new Set(minutes.map(row => row.at_ms))
  return {
    question: 'rollouts',
    from: isoTime(fromMs),
    to: isoTime(toMs),
    settled_until: isoTime(settled.untilMs),
    sentence: isEmpty ? 'Nothing is settled in this period.' : sentenceOf(findings),
    confidence: isEmpty ? 'cannot tell' : (findings[0]?.confidence ?? 'high'),
    is_calm: !findings.some(({ state }) => state === 'worse' || state === 'mixed' || state === 'better'),
    findings,
    sample: { requests: findings.reduce((sum, one) => sum + one.canary_requests + one.stable_requests, 0), minutes: compared.size },
    coverage: null,
    missing: isEmpty ? ['settled minutes'] : [],
    would_change: turnOf(findings[0]),
    method: 'rollouts',
  }
}

function findingOf(split: Split, arm: Arm, minutes: readonly SplitMinute[], fromMs: number): RolloutFinding {
  const beganMs = Math.max(arm.firstMs, split.stable.firstMs)
  const warmMs = beganMs - fromMs > WAS_THERE_MS ? beganMs + WARM_UP_MS : fromMs
  const looked = minutes.filter(({ at_ms }) => at_ms >= warmMs)
  const measures = compareArms(looked)
  const state = stateOf(measures)
  const all = split.stable.requests + split.others.reduce((sum, other) => sum + other.requests, 0)
  const more = state === 'no difference yet' ? moreOf(measures) : null
  const perMinute = arm.requests / Math.max(1, (arm.lastMs - arm.firstMs) / MINUTE + 1)
  const finding = {
    by: split.by,
    route: split.route,
    request_model: split.request_model,
    upstream: split.upstream,
    stable: split.stable.name,
    canary: arm.name,
    state,
    share: arm.requests / all,
    stable_requests: split.stable.requests,
    canary_requests: arm.requests,
    minutes: looked.length,
    more_requests: more,
    more_minutes: more === null ? null : Math.ceil(more / perMinute),
    measures,
  }
  return { ...finding, confidence: confidenceOf(finding), sentence: sentenceOfArm(finding) }
}

const judged = (measures: readonly Compared[]) =>
  measures.filter((_, index) => MEASURES[index]?.isJudged).filter(({ state }) => state !== 'too little')

function stateOf(measures: readonly Compared[]): RolloutState {
  const told = judged(measures)
  const isWorse = told.some(({ state }) => state === 'higher')
  const isBetter = told.some(({ state }) => state === 'lower')
  if (isWorse || isBetter) return isWorse && isBetter ? 'mixed' : isWorse ? 'worse' : 'better'
  if (told.length === 0) return 'too little'
  return told.every(({ state }) => state === 'no difference') ? 'no difference' : 'no difference yet'
}

/** The measure that takes longest decides; null: one of them is out of reach. */
function moreOf(measures: readonly Compared[]): number | null {
  const open = judged(measures).filter(({ state }) => state === 'not yet')
  const more = open.map(one => one.more_requests)
  return more.some(one => one === null) ? null : Math.max(...more.map(Number))
}

/** high: what decides is past its margin by its whole interval; medium: it only excludes zero. */
function confidenceOf({ state, measures }: Pick<RolloutFinding, 'state' | 'measures'>): Confidence {
  if (state === 'too little' || state === 'no difference yet') return 'cannot tell'
  if (state === 'no difference') return 'high'
  const isClear = measures.some(({ state: own, interval }, index) => {
    const { margin = 0, isJudged = false } = MEASURES[index] ?? {}
    return isJudged && interval !== null && ((own === 'higher' && interval.low > margin) || (own === 'lower' && interval.high < -margin))
  })
  return isClear ? 'high' : 'medium'
}

function sentenceOf(findings: readonly RolloutFinding[]): string {
  const [first] = findings
  if (first === undefined) return 'No route splits its first attempts between upstreams or versions.'
  const alike = findings.filter(({ state }) => state === first.state).length - 1
  return `${first.sentence}${alike > 0 ? ` (and ${alike} more like it)` : ''}`
}

function turnOf(finding: RolloutFinding | undefined): string | null {
  if (finding === undefined) return null
  if (finding.more_requests !== null) return `About ${finding.more_requests} more requests at ${finding.canary}.`
  const deciding = finding.measures.filter(({ state }, index) => MEASURES[index]?.isJudged && (state === 'higher' || state === 'lower'))
  return deciding.length === 0 ? null : `Without ${deciding.map(comparedWords).join(' and ')} there would be no difference to tell.`
}

import type { Interval } from '../answer.ts'
import { mixtureHalfWidth } from '../statistics/confidence-sequence.ts'

/**
 * What is held side by side, in the order of the arrays of a SplitMinute. `log`: the estimate is a ratio of geometric means; `share`: a
 * difference of shares; `mean`: a ratio of means. `margin`: the least difference that matters (ratio less 1, or share).
 */
export const MEASURES = [
  { name: 'errors', words: 'first attempts that failed', scale: 'share', margin: 0.005, isJudged: true },
  { name: 'ttft', words: 'first token', scale: 'log', margin: 0.05, isJudged: true },
  { name: 'tpot', words: 'time an output token', scale: 'log', margin: 0.05, isJudged: true },
  { name: 'duration', words: 'duration', scale: 'log', margin: 0.05, isJudged: true },
  { name: 'cost', words: 'cost a request', scale: 'mean', margin: 0.03, isJudged: true },
  // Longer answers are neither better nor worse.
  { name: 'output', words: 'output tokens', scale: 'log', margin: 0.05, isJudged: false },
] as const
export type Measure = (typeof MEASURES)[number]

/**
 * A minute of an arm beside the stable one, over tenants and priorities that had both: for each measure the weight, the weighted sum of
 * differences, squares within the cells of each side, their degrees of freedom, and counts and sums. Logarithms are in thousandths.
 */
export interface SplitMinute {
  readonly at_ms: number
  readonly split_index: number
  readonly arm: string
  readonly weight: readonly number[]
  readonly moved: readonly number[]
  readonly own_within: readonly number[]
  readonly stable_within: readonly number[]
  readonly freedom: readonly number[]
  readonly own_n: readonly number[]
  readonly own_sum: readonly number[]
  readonly stable_n: readonly number[]
  readonly stable_sum: readonly number[]
}

export const MEASURE_STATES = ['higher', 'lower', 'no difference', 'not yet', 'too little'] as const

/** A measure of two arms. Values are shares, ms, tokens or money; estimate and interval are a difference of shares or a ratio less 1. */
export interface Compared {
  readonly name: Measure['name']
  readonly state: (typeof MEASURE_STATES)[number]
  readonly stable: number | null
  readonly canary: number | null
  readonly estimate: number | null
  readonly interval: Interval | null
  readonly requests: number
  /** Requests that the canary needs more to be told apart; null: decided, or not to be had. */
  readonly more_requests: number | null
}

/** Chance of ever calling something different that is not, over all measures and all looks; each measure has its part of it. */
export const ALPHA = 0.05
const PART = ALPHA / MEASURES.length
/** Under these nothing is said: variances are not known yet. Money has no squares: its spread is that of minutes alone. */
const LEAST_MINUTES = 10
const LEAST_MINUTES_OF_COST = 20
const LEAST_REQUESTS = 50
/** A look at any time takes so many times the requests of a single one (answers at the planned size). */
const TIMES_ANYTIME = 2.4
const Z95 = 1.96
/** The planned size shows the margin, or this part of a standard deviation where the margin would take far longer. */
const AIMED_SPREADS = 0.1
/** A difference as large as its margin would take for ever: this part of the margin is the least half-width that is waited for. */
const LEAST_TARGET = 0.25
/** More than so many times the requests so far is out of reach. */
const MOST_TIMES = 1_000

/** Minutes of one arm beside the stable one → each measure. A pure function; minutes may be any first part of the whole. */
export function compareArms(minutes: readonly SplitMinute[]): Compared[] {
  return MEASURES.map((measure, index) => compare(measure, minutes, index))
}

interface Sums {
  readonly weight: number
  readonly theta: number
  readonly variance: number
  readonly planned: number
  readonly scale: number
}

function compare(measure: Measure, minutes: readonly SplitMinute[], index: number): Compared {
  const told = minutes.filter(minute => (minute.weight[index] ?? 0) > 0)
  const own = total(told, minute => minute.own_n[index])
  const stable = shownValue(
    measure,
    total(told, minute => minute.stable_sum[index]),
    total(told, minute => minute.stable_n[index]),
  )
  const canary = shownValue(
    measure,
    total(told, minute => minute.own_sum[index]),
    own,
  )
  const base = { name: measure.name, stable, canary, requests: own }
  const sums = sumsOf(measure, told, index, stable)
  const least = measure.name === 'cost' ? LEAST_MINUTES_OF_COST : LEAST_MINUTES
  if (sums === undefined || told.length < least || own < LEAST_REQUESTS) {
    return { ...base, state: 'too little', estimate: null, interval: null, more_requests: null }
  }
  const half = halfWidth(sums, 1)
  const [low, high] = [sums.theta - half, sums.theta + half]
  const margin = measure.scale === 'log' ? Math.log1p(measure.margin) : measure.margin
  const state = stateOf({ low, high, theta: sums.theta, margin })
  const shown = (value: number) => (measure.scale === 'log' ? Math.expm1(value) : value)
  return {
    ...base,
    state,
    estimate: shown(sums.theta),
    interval: { low: shown(low), high: shown(high), level: 1 - PART },
    more_requests: state === 'not yet' ? moreRequests(sums, targetOf(Math.abs(sums.theta), margin), own) : null,
  }
}

const total = (minutes: readonly SplitMinute[], of: (minute: SplitMinute) => number | undefined) =>
  minutes.reduce((sum, minute) => sum + (of(minute) ?? 0), 0)

function shownValue({ scale }: Measure, sum: number, n: number): number | null {
  if (n <= 0) return null
  return scale === 'log' ? Math.exp(sum / n / 1000) : sum / n
}

/** The weighted mean difference and the variance of its sum: by the spread within cells or by that of minutes, whichever is larger. */
function sumsOf(measure: Measure, told: readonly SplitMinute[], index: number, stable: number | null): Sums | undefined {
  // Differences of logarithms come in thousandths; those of money are held against the stable arm's mean.
  const scale = measure.scale === 'log' ? 1000 : measure.scale === 'mean' ? (stable ?? 0) : 1
  const weight = total(told, minute => minute.weight[index])
  if (!(weight > 0) || !(scale > 0) || told.length < 2) return undefined
  const theta = total(told, minute => minute.moved[index]) / weight / scale
  const residuals = told.map(minute => (minute.moved[index] ?? 0) / scale - theta * (minute.weight[index] ?? 0))
  const between = (residuals.reduce((sum, value) => sum + value * value, 0) * told.length) / (told.length - 1)
  const variance = Math.max(between, weight * withinOf(measure, told, index, scale))
  if (!(variance > 0)) return undefined
  const spread = variance / weight
  const margin = measure.scale === 'log' ? Math.log1p(measure.margin) : measure.margin
  const aimed = Math.max(margin, AIMED_SPREADS * Math.sqrt(spread))
  const planned = TIMES_ANYTIME * (spread * (Z95 / aimed)) ** 2
  return { weight, theta, variance, planned, scale }
}

/** Variance of one value within its cell. A share that was 0 so far is not taken as impossible. */
function withinOf({ scale: kind }: Measure, told: readonly SplitMinute[], index: number, scale: number): number {
  if (kind === 'mean') return 0
  if (kind === 'share') {
    const n = total(told, minute => (minute.own_n[index] ?? 0) + (minute.stable_n[index] ?? 0))
    const share = (total(told, minute => (minute.own_sum[index] ?? 0) + (minute.stable_sum[index] ?? 0)) + 1) / (n + 2)
    return share * (1 - share)
  }
  const squares = total(told, minute => (minute.own_within[index] ?? 0) + (minute.stable_within[index] ?? 0))
  return (
    squares /
    Math.max(
      1,
      total(told, minute => minute.freedom[index]),
    ) /
    (scale * scale)
  )
}

/** Half-width of the interval of the mean difference after `times` the requests so far. */
const halfWidth = ({ weight, variance, planned }: Sums, times: number) =>
  mixtureHalfWidth({ variance: variance * times, planned, alpha: PART }) / (weight * times)

function stateOf({ low, high, theta, margin }: { low: number; high: number; theta: number; margin: number }): Compared['state'] {
  if (low > 0 && theta >= margin) return 'higher'
  if (high < 0 && theta <= -margin) return 'lower'
  return low > -margin && high < margin ? 'no difference' : 'not yet'
}

/** The half-width that decides: as far as zero for a difference that matters, as far as the margin for one that does not. */
const targetOf = (difference: number, margin: number) =>
  difference >= margin ? difference : Math.max(margin - difference, LEAST_TARGET * margin)

/** Requests of the canary until the half-width is `target`, by halving the range of how many times as many are needed. */
function moreRequests(sums: Sums, target: number, own: number): number | null {
  if (halfWidth(sums, MOST_TIMES) > target) return null
  let [low, high] = [1, MOST_TIMES]
  for (let step = 0; step < 40; step++) {
    const middle = Math.sqrt(low * high)
    if (halfWidth(sums, middle) > target) low = middle
    else high = middle
  }
  return Math.max(1, Math.ceil((high - 1) * own))
}

/** Hours of a tenant's cost that leave what is usual for it. Pure functions. */
import { cumulativeStdNormalProbability, median } from 'simple-statistics'
import { DAY, HOUR } from '../../platform/clock.ts'
import { discoveries } from '../statistics/benjamini-hochberg.ts'
import { buildBaseline, type HourPoint, type SeasonalBaseline, surpriseOf, usualAt } from '../statistics/seasonal-baseline.ts'
import type { CostSeries } from './cost-series.ts'

/** What counts as unexpected. */
export interface UnexpectedLimits {
  /** Least amount over what is usual, in the currency of the series. */
  readonly leastAmount: number
}

/** Consecutive hours above what is usual; amounts in the currency of the series. */
export interface CostAlarm {
  readonly tenant_id: string
  readonly currency: string
  readonly fromMs: number
  readonly toMs: number
  readonly cost: number
  readonly expected: number
  readonly low: number
  readonly high: number
  /** Standard deviations of the hour that was furthest out, and those from which an hour is out. */
  readonly surprise: number
  readonly threshold: number
  readonly baseline: SeasonalBaseline
}

/** What became of the series: those without a baseline cannot be judged. */
export interface Unexpected {
  readonly alarms: readonly CostAlarm[]
  readonly judged: number
  /** Tenants with too little past. */
  readonly unjudged: readonly string[]
}

/** Part of a usual day's cost that an alarm must exceed what is usual by. */
const LEAST_OF_DAY = 0.02
/**
 * How far out the furthest hour must be, as a multiple of the threshold: alone (7 standard deviations where that is 3.5), and in a row,
 * where a lower one would find every other wave of noise that has a memory.
 */
const PEAK = { alone: 2, inRow: 1.25 } as const
/** Share of the hours found that may be wrong, among all series of an hour. */
const FALSE_SHARE = 0.05
/** The threshold that a normal series has; others are as surprised at theirs. */
const NORMAL_THRESHOLD = 3.5

interface JudgedHour {
  readonly series: CostSeries
  readonly baseline: SeasonalBaseline
  readonly point: HourPoint
  readonly surprise: number
}

/**
 * Judges the hours of [fromMs, toMs) against the past before `fromMs`. An alarm takes two hours in a row above the series' own threshold,
 * one of them by a quarter, or one at twice of it; one hour must be among the discoveries of all series of that hour; and it must matter.
 */
export function findUnexpected(
  all: readonly CostSeries[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
  limits: UnexpectedLimits,
): Unexpected {
  const judged: JudgedHour[][] = []
  const unjudged = new Set<string>()
  for (const series of all) {
    const baseline = buildBaseline(series.points, fromMs)
    const inside = series.points.filter(({ startMs }) => startMs >= fromMs && startMs + HOUR <= toMs)
    if (baseline === undefined) unjudged.add(series.tenant_id)
    else judged.push(inside.map(point => ({ series, baseline, point, surprise: surpriseOf(baseline, point) })))
  }
  const discovered = discoveredOf(judged.flat())
  const alarms = judged.flatMap(hours => runsOf(hours).flatMap(run => alarmOf(run, discovered, limits)))
  alarms.sort((a, b) => b.cost - b.expected - (a.cost - a.expected) || (a.tenant_id < b.tenant_id ? -1 : 1))
  return { alarms, judged: judged.length, unjudged: [...unjudged].sort() }
}

/** Hours that are found among those of all series at the same time. */
function discoveredOf(hours: readonly JudgedHour[]): ReadonlySet<JudgedHour> {
  const found = new Set<JudgedHour>()
  for (const same of Map.groupBy(hours, ({ point }) => point.startMs).values()) {
    const p = same.map(({ surprise, baseline }) => 1 - cumulativeStdNormalProbability((surprise * NORMAL_THRESHOLD) / baseline.threshold))
    for (const [index, isFound] of discoveries(p, FALSE_SHARE).entries()) {
      const hour = same[index]
      if (isFound && hour !== undefined) found.add(hour)
    }
  }
  return found
}

/** Consecutive hours above the threshold. */
function runsOf(hours: readonly JudgedHour[]): JudgedHour[][] {
  const runs: JudgedHour[][] = []
  let lastMs = Number.NaN
  for (const hour of hours) {
    if (hour.surprise <= hour.baseline.threshold) continue
    if (hour.point.startMs - lastMs === HOUR) runs.at(-1)?.push(hour)
    else runs.push([hour])
    lastMs = hour.point.startMs
  }
  return runs
}

function alarmOf(run: readonly JudgedHour[], discovered: ReadonlySet<JudgedHour>, limits: UnexpectedLimits): CostAlarm[] {
  const [first] = run
  const last = run.at(-1)
  if (first === undefined || last === undefined || !run.some(hour => discovered.has(hour))) return []
  const { series, baseline } = first
  const surprise = Math.max(...run.map(hour => hour.surprise))
  if (surprise < (run.length < 2 ? PEAK.alone : PEAK.inRow) * baseline.threshold) return []
  const usual = run.map(({ point }) => usualAt(baseline, point.startMs))
  const sum = (of: (one: (typeof usual)[number]) => number) => usual.reduce((total, one) => total + of(one), 0)
  const [cost, expected] = [run.reduce((total, { point }) => total + point.value, 0), sum(one => one.expected)]
  if (cost - expected < Math.max(limits.leastAmount, LEAST_OF_DAY * usualDay(series.points, baseline.untilMs))) return []
  const span = { fromMs: first.point.startMs, toMs: last.point.startMs + HOUR }
  const figures = { cost, expected, low: sum(one => one.low), high: sum(one => one.high), surprise, threshold: baseline.threshold }
  return [{ tenant_id: series.tenant_id, currency: series.currency, ...span, ...figures, baseline }]
}

/** Median cost of the 24 hours up to the baseline's end and of those before, of the days with any. */
function usualDay(points: readonly HourPoint[], untilMs: number): number {
  const days = new Map<number, number>()
  for (const { startMs, value } of points) {
    if (startMs >= untilMs) continue
    const day = Math.floor((untilMs - startMs - 1) / DAY)
    days.set(day, (days.get(day) ?? 0) + value)
  }
  const told = [...days.values()].filter(cost => cost > 0)
  return told.length === 0 ? 0 : median(told)
}

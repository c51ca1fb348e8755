/**
 * What is usual for a series at an hour: its own past at the same hour of the week, on a log scale, robust against what was unusual in it.
 * The level of each week is taken out first, so that growth is no surprise. Normal hours exceed 3.5 of the pooled scale in 0.22 % (4 weeks)
 * to 0.12 % (8 weeks) of cases; a scale of each slot alone would be exceeded by 7.2 % and 2.4 % (simulated: test/answers/statistics).
 */
import { mean, median, medianAbsoluteDeviation, quantile, sampleCorrelation } from 'simple-statistics'
import { DAY, HOUR } from '../../platform/clock.ts'

/** A value of one hour, 0 or more. Hours of which nothing is known are left out; hours without traffic are 0. */
export interface HourPoint {
  /** Its start, ms since 1970 UTC. */
  readonly startMs: number
  readonly value: number
}

/** How finely the past could be told apart: by 168 hours of the week, by hour of weekdays and of weekends, or by 24 hours of the day. */
export type BaselineShape = 'hour of week' | 'weekday or weekend hour' | 'hour of day'

/** What is usual for a series. Logs are of 1 + value / unit. */
export interface SeasonalBaseline {
  readonly shape: BaselineShape
  /** It holds from here on, ms; nothing later is in it. */
  readonly untilMs: number
  /** Whole weeks of past that it was made from; 1: ten days or more. */
  readonly weeks: number
  /** Hours with a known value. */
  readonly hours: number
  /** Scale of the values: a hundredth of their median where they are above 0. */
  readonly unit: number
  /** Median log of the last seven days. */
  readonly level: number
  /** By slot of the shape: how far the log of that hour usually is from the week's level. */
  readonly slots: readonly number[]
  /** Standard deviation of the log, from the pooled MAD. */
  readonly scale: number
  /** Standard deviations that the series' own past crossed in every fifth week, at least 3.5: rare bursts may be usual. */
  readonly threshold: number
  /** Variance over mean of the values around what was usual: about 1 for counts of independent events. */
  readonly dispersion: number
  /** Correlation of one hour's surprise with the next one's. */
  readonly lag1: number
}

const WEEK = 7 * DAY
/** Most weeks looked back. */
export const MOST_WEEKS = 8
/** A normal variable's standard deviation over its MAD. */
const MAD_TO_SIGMA = 1.4826
/** Least standard deviation of a log: what moves by less than 5 % is never a surprise. */
const LEAST_SCALE = 0.05
/** Standard deviations, one-sided: Iglewicz and Hoaglin, "How to Detect and Handle Outliers" (1993), for modified z-scores. */
const LEAST_THRESHOLD = 3.5
/** What is less than this is nothing, whatever the unit. */
const LEAST_UNIT = 1e-12
/** Part of the past weeks that stayed below the threshold. */
const WEEKS_BELOW = 0.8
/** Share of the hours of a past that must be known. */
const LEAST_KNOWN = 0.6

const shapes: readonly { shape: BaselineShape; fromDays: number; slots: number; perWeek: number; slotOf: (atMs: number) => number }[] = [
  { shape: 'hour of week', fromDays: 28, slots: 168, perWeek: 1, slotOf: atMs => Math.floor(((atMs + 3 * DAY) % WEEK) / HOUR) },
  {
    shape: 'weekday or weekend hour',
    fromDays: 14,
    slots: 48,
    perWeek: 2,
    slotOf: atMs => (Math.floor(((atMs + 3 * DAY) % WEEK) / DAY) >= 5 ? 24 : 0) + hourOfDay(atMs),
  },
  { shape: 'hour of day', fromDays: 10, slots: 24, perWeek: 7, slotOf: hourOfDay },
]

function hourOfDay(atMs: number): number {
  return Math.floor((atMs % DAY) / HOUR)
}

/**
 * The baseline of the hours before `untilMs` (ms), at most eight weeks of them; undefined where less than ten days are known, or nothing
 * ever happened. The order of the points changes nothing.
 */
export function buildBaseline(points: readonly HourPoint[], untilMs: number): SeasonalBaseline | undefined {
  const past = points
    .filter(({ startMs }) => startMs + HOUR <= untilMs && startMs >= untilMs - MOST_WEEKS * WEEK)
    .sort((a, b) => a.startMs - b.startMs)
  const [first] = past
  const positive = past.map(({ value }) => value).filter(value => value > LEAST_UNIT)
  if (first === undefined || positive.length === 0) return undefined
  const days = (untilMs - first.startMs) / DAY
  const form = shapes.find(({ fromDays }) => days >= fromDays)
  if (form === undefined || past.length < days * 24 * LEAST_KNOWN) return undefined
  const unit = Math.max(median(positive) / 100, LEAST_UNIT)
  const logs = past.map(({ startMs, value }) => ({
    startMs,
    value,
    log: Math.log1p(value / unit),
    week: Math.floor((untilMs - startMs - 1) / WEEK),
  }))
  const levels = new Map([...Map.groupBy(logs, ({ week }) => week)].map(([week, of]) => [week, median(of.map(({ log }) => log))]))
  const offsets = logs.map(one => ({ ...one, slot: form.slotOf(one.startMs), offset: one.log - (levels.get(one.week) ?? 0) }))
  const bySlot = Map.groupBy(offsets, ({ slot }) => slot)
  const all = median(offsets.map(({ offset }) => offset))
  const slots = Array.from({ length: form.slots }, (_, slot) => {
    const own = bySlot.get(slot)
    return own === undefined ? all : median(own.map(({ offset }) => offset))
  })
  const residuals = offsets.map(({ startMs, value, week, slot, offset }) => ({
    startMs,
    value,
    week,
    usual: unit * Math.expm1(Math.max(0, (levels.get(week) ?? 0) + (slots[slot] ?? 0))),
    residual: offset - (slots[slot] ?? 0),
  }))
  const perSlot = Math.max(2, (days / 7) * form.perWeek)
  const scale = scaleOf(
    residuals.map(({ residual }) => residual),
    perSlot,
  )
  return {
    shape: form.shape,
    untilMs,
    weeks: Math.max(1, Math.floor(days / 7)),
    hours: past.length,
    unit,
    level: levels.get(0) ?? median(logs.map(({ log }) => log)),
    slots,
    scale,
    threshold: Math.max(LEAST_THRESHOLD, everyFifthWeek(residuals, scale)),
    dispersion: dispersionOf(residuals),
    lag1: lag1Of(residuals),
  }
}

/** What the baseline says of an hour. `low` and `high`: nine of ten such hours lie there; `alarm`: the value that is a surprise. */
export interface Usual {
  readonly expected: number
  readonly low: number
  readonly high: number
  readonly alarm: number
}

/** Of two-sided 90 % of a normal variable. */
const Z90 = 1.6449
/** Beyond it figures are no numbers any more. */
const MOST_LOG = 600

/** What is usual for the hour that holds `atMs`. */
export function usualAt(baseline: SeasonalBaseline, atMs: number): Usual {
  const log = logAt(baseline, atMs)
  const valueAt = (deviations: number) => baseline.unit * Math.expm1(Math.min(MOST_LOG, Math.max(0, log + deviations * baseline.scale)))
  return { expected: valueAt(0), low: valueAt(-Z90), high: valueAt(Z90), alarm: valueAt(baseline.threshold) }
}

/** How many standard deviations the value of the hour lies above what is usual (below: negative). */
export function surpriseOf(baseline: SeasonalBaseline, { startMs, value }: HourPoint): number {
  return (Math.log1p(value / baseline.unit) - logAt(baseline, startMs)) / baseline.scale
}

function logAt({ shape, level, slots }: SeasonalBaseline, atMs: number): number {
  const slotOf = shapes.find(one => one.shape === shape)?.slotOf ?? hourOfDay
  return Math.max(0, level + (slots[slotOf(atMs)] ?? 0))
}

/**
 * The median of n values takes part of each one's surprise with it (1 − 1/n), and is itself unsure when it predicts a further one
 * (1 + 1.2/n: the variance of a median is π/2 that of a mean for many values, about 1.2 for the few there are here).
 */
function scaleOf(residuals: readonly number[], n: number): number {
  const pooled = MAD_TO_SIGMA * medianAbsoluteDeviation([...residuals])
  return Math.max(LEAST_SCALE, pooled * Math.sqrt((1 + 1.2 / n) / (1 - 1 / n)))
}

/** The surprise that the highest hour of every fifth week reaches: an incident in one week of many hardly raises it. */
function everyFifthWeek(residuals: readonly { week: number; residual: number }[], scale: number): number {
  const weeks = [...Map.groupBy(residuals, ({ week }) => week).values()]
  return quantile(
    weeks.map(of => of.reduce((most, { residual }) => Math.max(most, residual / scale), 0)),
    WEEKS_BELOW,
  )
}

function dispersionOf(residuals: readonly { value: number; usual: number }[]): number {
  const told = residuals.filter(({ usual }) => usual > LEAST_UNIT)
  return told.length === 0 ? 1 : mean(told.map(({ value, usual }) => (value - usual) ** 2 / usual))
}

function lag1Of(residuals: readonly { startMs: number; residual: number }[]): number {
  const pairs = residuals.flatMap((one, index) => {
    const next = residuals[index + 1]
    return next !== undefined && next.startMs - one.startMs === HOUR ? [[one.residual, next.residual] as const] : []
  })
  if (pairs.length < 3) return 0
  const correlation = sampleCorrelation(
    pairs.map(([one]) => one),
    pairs.map(([, next]) => next),
  )
  return Number.isFinite(correlation) ? correlation : 0
}

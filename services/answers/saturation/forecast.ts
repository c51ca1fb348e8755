import { cumulativeStdNormalProbability, median } from 'simple-statistics'
import type { Point } from '../statistics/theil-sen.ts'
import type { MinuteIndex } from './minute-index.ts'
import { type Trend, trendOf } from './trend.ts'

/** Where an index goes. Times are minutes from the last settled minute; null: not in sight (later than an hour, or never). */
export interface Forecast {
  readonly index: number
  /** 80 % interval of the index now. */
  readonly low: number
  readonly high: number
  /** Until the index crosses 1; 0: it has. */
  readonly minutes: number | null
  readonly earliest: number | null
  readonly latest: number | null
  /** Probability of 1 or more within 15 minutes. */
  readonly probability: number
  readonly points: number
}

const TREND_MINUTES = 15
const HORIZON_MINUTES = 15
const IN_SIGHT_MINUTES = 60
const LEAST_POINTS = 5
/** Normal quantile of a two-sided 80 %. */
const Z80 = 1.2816
/** Of the index against the true boundary. */
const DEFINITION_ERROR = 0.05
/** Requests come in clumps: their number in a minute varies so much more than by a Poisson process, in standard deviations. */
const CLUMPED = 1.2
/** Of what a request costs, as a share: its sizes are means over some minutes. */
const COST_NOISE = 0.04

/**
 * The forecast at the last minute; undefined: fewer than 5 of the last 15 minutes have an index. `seen`: share of the readings that came;
 * with fewer the intervals are wider by its root, as of a mean of fewer values.
 */
export function forecast(minutes: readonly MinuteIndex[], seen = 1): Forecast | undefined {
  const nowMs = minutes.at(-1)?.at_ms ?? 0
  const known = minutes.filter(({ index, at_ms }) => index !== null && nowMs - at_ms < TREND_MINUTES * 60_000)
  if (known.length < LEAST_POINTS) return undefined
  const trend = trendOfIndex(known, nowMs)
  // Readings that make no sense make no forecast.
  if (!Object.values(trend).every(Number.isFinite)) return undefined
  const level = Math.max(0, trend.level)
  const wider = Math.sqrt(1 / Math.max(0.01, seen))
  const now = wider * Math.hypot(trend.levelError, DEFINITION_ERROR)
  const slopeError = wider * trend.slopeError
  const later = (level + trend.slope * HORIZON_MINUTES - 1) / Math.hypot(now, slopeError * HORIZON_MINUTES)
  return {
    index: level,
    low: Math.max(0, level - Z80 * now),
    high: level + Z80 * now,
    minutes: crossing(level, trend.slope),
    earliest: crossing(level + Z80 * now, trend.slope + Z80 * slopeError),
    latest: crossing(level - Z80 * now, trend.slope - Z80 * slopeError),
    probability: Math.max(cumulativeStdNormalProbability(later), cumulativeStdNormalProbability((level - 1) / now)),
    points: known.length,
  }
}

/**
 * Load goes its way and so does what each request costs (engines that become slower, answers that become longer): the index is the product
 * of the two, and a trend of the one is not hidden by the chance of the other.
 */
function trendOfIndex(known: readonly MinuteIndex[], nowMs: number): Trend {
  const series = (read: (one: MinuteIndex) => number | null) =>
    known.flatMap((one): Point[] => {
      const value = read(one)
      return value === null || !Number.isFinite(value) ? [] : [[(one.at_ms - nowMs) / 60_000, value]]
    })
  const load = series(one => one.arrivals)
  const cost = series(one => (one.arrivals === null || one.arrivals === 0 || one.index === null ? null : workOf(one) / one.arrivals))
  if (cost.length < LEAST_POINTS)
    return trendOf(
      series(one => one.index),
      DEFINITION_ERROR,
    )
  const [loads, costs] = [load, cost].map(points => median(points.map(([, y]) => y))) as [number, number]
  const [a, u] = [trendOf(load, CLUMPED * Math.sqrt(loads)), trendOf(cost, COST_NOISE * costs)]
  return {
    level: a.level * u.level,
    levelError: Math.hypot(a.levelError * u.level, u.levelError * a.level),
    slope: a.slope * u.level + a.level * u.slope,
    slopeError: Math.hypot(a.slopeError * u.level, u.slopeError * a.level),
  }
}

/** The index by what is known beforehand to bind, or by how the queue grows where nothing is. */
const workOf = ({ parts, index }: MinuteIndex) => Math.max(parts.kv ?? 0, parts.prefill ?? 0, parts.slots ?? 0) || (index ?? 0)

/** Minutes until a straight line from `level` crosses 1; null: not within an hour. */
function crossing(level: number, slope: number): number | null {
  if (level >= 1) return 0
  const minutes = slope > 0 ? (1 - level) / slope : Number.POSITIVE_INFINITY
  return minutes <= IN_SIGHT_MINUTES ? minutes : null
}

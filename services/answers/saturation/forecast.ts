import { cumulativeStdNormalProbability, median } from 'simple-statistics'
import { type Point, type RobustLine, theilSen } from '../statistics/theil-sen.ts'
import type { MinuteIndex } from './minute-index.ts'

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
export const IN_SIGHT_MINUTES = 60
const LEAST_POINTS = 5
/** Normal quantile of a two-sided 80 %. */
const Z80 = 1.2816
/**
 * Spread of an index in minutes of which all agree by chance, and of its own definition against the true boundary (about 10 % measured).
 */
const LEAST_SPREAD = 0.05
/** Minutes resemble the minute before: a slope is less sure than of as many independent ones, at a lag-1 correlation of 0.5 by √3. */
const CORRELATED = 1.73

/** The forecast at the last minute; undefined: fewer than 5 of the last 15 minutes have an index. */
export function forecast(minutes: readonly MinuteIndex[]): Forecast | undefined {
  const nowMs = minutes.at(-1)?.at_ms ?? 0
  const points = minutes.flatMap(({ at_ms, index }): Point[] => {
    const x = (at_ms - nowMs) / 60_000
    return index === null || x <= -TREND_MINUTES ? [] : [[x, index]]
  })
  if (points.length < LEAST_POINTS) return undefined
  const line = trendOf(points)
  const spread = Math.max(LEAST_SPREAD, line.spread)
  const slopeError = Math.max(CORRELATED * line.slopeError, LEAST_SPREAD / 15)
  const level = Math.max(0, line.intercept)
  const at = (slope: number, from: number) => crossing(from, slope)
  const later = (level + line.slope * HORIZON_MINUTES - 1) / Math.hypot(spread, slopeError * HORIZON_MINUTES)
  return {
    index: level,
    low: Math.max(0, level - Z80 * spread),
    high: level + Z80 * spread,
    minutes: at(line.slope, level),
    earliest: at(line.slope + Z80 * slopeError, level + 0.5 * spread),
    latest: at(line.slope - Z80 * slopeError, level - 0.5 * spread),
    probability: Math.max(cumulativeStdNormalProbability(later), cumulativeStdNormalProbability((level - 1) / spread)),
    points: points.length,
  }
}

/** Minutes until a straight line from `level` crosses 1; null: not within an hour. */
function crossing(level: number, slope: number): number | null {
  if (level >= 1) return 0
  const minutes = slope > 0 ? (1 - level) / slope : Number.POSITIVE_INFINITY
  return minutes <= IN_SIGHT_MINUTES ? minutes : null
}

/**
 * The line that the last minutes lie on. Load that doubled and stays is not a trend: where two levels fit better than a line, the trend is
 * that of the second level alone. And what grew and has stopped does not go on: the slope is the lesser of the whole and its last third.
 */
function trendOf(points: readonly Point[]): RobustLine {
  const whole = theilSen(points) as RobustLine
  const [since, stepError] = bestStep(points)
  const lineError = points.reduce((sum, [x, y]) => sum + (y - whole.intercept - whole.slope * x) ** 2, 0)
  if (stepError < lineError && since !== undefined) return levelOf(points.filter(([x]) => x >= since))
  const recent = theilSen(points.slice(-LEAST_POINTS)) as RobustLine
  if (recent.slope >= whole.slope) return whole
  const slope = whole.slope > 0 ? Math.max(0, (whole.slope + recent.slope) / 2) : whole.slope
  const last = median(points.slice(-3).map(([x, y]) => y - slope * x))
  return { ...whole, slope, intercept: last }
}

/** A level that has not been long enough to have a trend: with five minutes or more, the trend that it has. */
function levelOf(points: readonly Point[]): RobustLine {
  if (points.length >= LEAST_POINTS) return theilSen(points) as RobustLine
  const level = median(points.map(([, y]) => y))
  const spread = 1.4826 * median(points.map(([, y]) => Math.abs(y - level)))
  return { slope: 0, intercept: level, spread, slopeError: spread / LEAST_POINTS }
}

/** Where two levels fit best, and the squares that are left. Each level has two points at least. */
function bestStep(points: readonly Point[]): [since: number | undefined, squares: number] {
  let best: [number | undefined, number] = [undefined, Number.POSITIVE_INFINITY]
  for (let cut = 2; cut <= points.length - 2; cut++) {
    const squares = squaresOf(points.slice(0, cut)) + squaresOf(points.slice(cut))
    if (squares < best[1]) best = [(points[cut] as Point)[0], squares]
  }
  return best
}

function squaresOf(points: readonly Point[]): number {
  const mean = points.reduce((sum, [, y]) => sum + y, 0) / points.length
  return points.reduce((sum, [, y]) => sum + (y - mean) ** 2, 0)
}

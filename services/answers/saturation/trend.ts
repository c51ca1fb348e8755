import type { Point } from '../statistics/theil-sen.ts'

/** Where a series stands now (at x = 0) and where it goes. */
export interface Trend {
  readonly level: number
  readonly levelError: number
  readonly slope: number
  readonly slopeError: number
}

/** The last stretch has so many points at least: where it is a line, a level, and a level after a line. */
const LEAST = { line: 5, level: 2, ended: 3 }
/** Standard errors of a slope from which it is one, and a level that has not moved is not thought to: several stretches are looked at. */
const SURE_SLOPE = 3.5

/**
 * The last stretch of a series: it stood still and then moved on a straight line, or moved at once or on a line and stands still now;
 * whichever leaves the least squares. Load that doubled and stays is no trend, nor is growth that has ended. `noise`: the least standard
 * deviation of a point, known beforehand. Errors are of independent points.
 */
export function trendOf(points: readonly Point[], noise: number): Trend {
  const lines = points.slice(0, points.length - LEAST.line + 1).map(([knot]) => lineFit(points, x => Math.max(0, x - knot), -knot))
  const cuts = points.slice(0, points.length - LEAST.level + 1)
  const levels = cuts.map((_, cut) => levelFit(points, cut))
  const ended = points
    .slice(LEAST.line - 1, points.length - LEAST.ended + 1)
    .map(([knot]) => lineFit(points, x => Math.min(0, x - knot), 0))
  const [line, level] = [least(lines), least([...levels, ...ended]) as Fit]
  // Squares below what chance makes anyway tell nothing.
  const floor = points.length * noise ** 2
  const best = line !== undefined && Math.max(floor, line.squares) <= Math.max(floor, level.squares) ? line : level
  const spread = Math.max(noise, Math.sqrt(best.squares / Math.max(1, points.length - 3)))
  const slopeError = best === line ? spread / Math.sqrt(line.squaresOfX) : 0
  const isMoving = best === line && Math.abs(line.slope) >= SURE_SLOPE * slopeError
  const told = isMoving ? best : level
  const levelError = spread / Math.sqrt(told.count)
  return { level: told.level, levelError, slope: isMoving ? told.slope : 0, slopeError }
}

/** A shape that was fitted. */
interface Fit {
  /** At x = 0. */
  readonly level: number
  /** At x = 0. */
  readonly slope: number
  /** Squares that are left, of all points. */
  readonly squares: number
  readonly squaresOfX: number
  /** Points that tell the level. */
  readonly count: number
}

const least = (fits: readonly Fit[]) =>
  fits.reduce<Fit | undefined>((best, fit) => (best && best.squares <= fit.squares ? best : fit), undefined)
const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

/** One mean before the point `cut`, another from it on. */
function levelFit(points: readonly Point[], cut: number): Fit {
  const [before, after] = [points.slice(0, cut), points.slice(cut)].map(some => some.map(([, y]) => y)) as [number[], number[]]
  const squaresAbout = (values: number[]) => values.reduce((sum, value) => sum + (value - meanOf(values)) ** 2, 0)
  return { level: meanOf(after), slope: 0, squares: squaresAbout(before) + squaresAbout(after), squaresOfX: 0, count: after.length }
}

/** Least squares of y = a + b·bend(x); `now`: bend(0). */
function lineFit(points: readonly Point[], bend: (x: number) => number, now: number): Fit {
  const bent = points.map(([x]) => bend(x))
  const [meanX, meanY] = [meanOf(bent), meanOf(points.map(([, y]) => y))]
  const squaresOfX = bent.reduce((sum, x) => sum + (x - meanX) ** 2, 0)
  const slope =
    squaresOfX === 0 ? 0 : points.reduce((sum, [, y], index) => sum + ((bent[index] as number) - meanX) * (y - meanY), 0) / squaresOfX
  const squares = points.reduce((sum, [, y], index) => sum + (y - meanY - slope * ((bent[index] as number) - meanX)) ** 2, 0)
  const moved = bent.filter(x => x !== 0).length
  return {
    level: meanY + slope * (now - meanX),
    slope: now === 0 ? 0 : slope,
    squares,
    squaresOfX,
    count: Math.max(2, now === 0 ? points.length - moved : moved),
  }
}

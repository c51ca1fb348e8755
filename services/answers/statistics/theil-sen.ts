import { median } from 'simple-statistics'

/** A point of a series: x in any unit of time, y its value. */
export type Point = readonly [x: number, y: number]

/** A line through points, and how far they lie from it. */
export interface RobustLine {
  readonly slope: number
  readonly intercept: number
  /** Standard deviation of the points about the line, from the median of their distances (× 1.4826, as for normal errors). */
  readonly spread: number
  /** Standard error of the slope, of independent errors of that spread. */
  readonly slopeError: number
}

/**
 * The median of the slopes of all pairs (Theil 1950; Sen, JASA 63:1379, 1968): up to 29 % of the points may be anything. Undefined of fewer
 * than two different x.
 */
export function theilSen(points: readonly Point[]): RobustLine | undefined {
  const slopes = points.flatMap(([x, y], index) =>
    points.slice(index + 1).flatMap(other => (other[0] === x ? [] : [slopeOf([x, y], other)])),
  )
  if (slopes.length === 0) return undefined
  const slope = median(slopes)
  const intercept = median(points.map(([x, y]) => y - slope * x))
  const spread = 1.4826 * median(points.map(([x, y]) => Math.abs(y - intercept - slope * x)))
  const mean = points.reduce((sum, [x]) => sum + x, 0) / points.length
  const squares = points.reduce((sum, [x]) => sum + (x - mean) ** 2, 0)
  return { slope, intercept, spread, slopeError: spread / Math.sqrt(squares) }
}

const slopeOf = ([x0, y0]: Point, [x1, y1]: Point) => (y1 - y0) / (x1 - x0)

import type { Interval } from '../answer.ts'
import { type Level, wilson } from './wilson.ts'

/** A share: `count` of `n`. */
export interface Share {
  readonly count: number
  readonly n: number
}

/**
 * Newcombe's hybrid score interval of the difference a − b of two independent shares (Statistics in Medicine 17:873, 1998, method 10).
 * Where one of them is of nothing, all that the other allows.
 */
export function newcombe(a: Share, b: Share, level: Level = 0.9): Interval {
  const [p1, p2] = [shareOf(a), shareOf(b)]
  const [first, second] = [wilson(a.count, a.n, level), wilson(b.count, b.n, level)]
  const difference = p1 - p2
  return {
    low: Math.max(-1, difference - Math.hypot(p1 - first.low, second.high - p2)),
    high: Math.min(1, difference + Math.hypot(first.high - p1, p2 - second.low)),
    level,
  }
}

const shareOf = ({ count, n }: Share) => (n <= 0 ? 0.5 : count / n)

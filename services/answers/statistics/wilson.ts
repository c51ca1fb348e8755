import type { Interval } from '../answer.ts'

/** Two-sided normal quantiles of the levels in use. */
const Z = { 0.9: 1.6448536269514722, 0.95: 1.959963984540054 } as const
export type Level = keyof typeof Z

/** The normal quantile of a two-sided interval. */
export const zOf = (level: Level): number => Z[level]

/**
 * Wilson's score interval of a share, `count` of `n` (Wilson, JASA 22:209, 1927): 0 to 1; of nothing it is the whole range. 0 of 20 still
 * allows 16 % at 95 %.
 */
export function wilson(count: number, n: number, level: Level = 0.9): Interval {
  if (n <= 0) return { low: 0, high: 1, level }
  const z = zOf(level)
  const share = Math.min(1, Math.max(0, count / n))
  const centre = share + (z * z) / (2 * n)
  const spread = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  const scale = 1 + (z * z) / n
  return { low: Math.max(0, (centre - spread) / scale), high: Math.min(1, (centre + spread) / scale), level }
}

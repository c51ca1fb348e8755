import type { PoolMinute } from './pool-minute.ts'

/** What made a pool fuller or emptier. */
export const CAUSES = ['more load', 'fewer engines', 'new engines', 'slower engines', 'nothing that stands out'] as const
export type Cause = (typeof CAUSES)[number]

const SPAN = 5
/** Load within a tenth of what it was is the same load. */
const SAME = 0.1
/** Work for each running request a quarter less than before. */
const SLOWER = 0.75

/**
 * Why the last five minutes differ from the five that lie ten minutes before: engines that went, load that grew, engines that were not
 * there or began anew (cold caches, compiling), or that do less at the same load, in this order. `resets`: counters that began anew since.
 */
export function causeOf(rows: readonly PoolMinute[]): Cause {
  const [now, before] = [rows.slice(-SPAN), rows.slice(-3 * SPAN, -2 * SPAN)]
  if (before.length < SPAN) return 'nothing that stands out'
  const [engines, enginesBefore] = [least(now), least(before)]
  const work = (some: readonly PoolMinute[]) => meanOf(some, row => (row.input_tokens_per_s ?? 0) + (row.output_tokens_per_s ?? 0))
  const pace = (some: readonly PoolMinute[]) => meanOf(some, row => (row.output_tokens_per_s ?? 0) / Math.max(1, row.running ?? 1))
  const growth = meanOf(now, arrivals) / Math.max(1e-9, meanOf(before, arrivals)) - 1
  if (engines < enginesBefore) return 'fewer engines'
  if (growth > SAME && work(now) > work(before) * (1 - SAME)) return 'more load'
  const isNew =
    engines > enginesBefore || rows.slice(-3 * SPAN).some((row, index, all) => row.engines > (all[index - 1]?.engines ?? row.engines))
  if (pace(now) < SLOWER * pace(before)) return isNew ? 'new engines' : 'slower engines'
  return growth > SAME ? 'more load' : 'nothing that stands out'
}

/** Requests that arrived: those that ended, and those that wait now. */
const arrivals = (row: PoolMinute) => (row.requests_finished ?? 0) + (row.waiting ?? 0)
const least = (rows: readonly PoolMinute[]) => Math.min(...rows.map(row => row.engines))
const meanOf = (rows: readonly PoolMinute[], value: (row: PoolMinute) => number) =>
  rows.reduce((sum, row) => sum + value(row), 0) / Math.max(1, rows.length)

import { quantile } from 'simple-statistics'
import { MINUTE } from '../../platform/clock.ts'
import type { PoolMinute } from './pool-minute.ts'

/** Minutes that a forecast is made of. */
export const TREND_MINUTES = 15
/** Scrapers are a reading early or late: nine of ten are all of them. */
export const LEAST_SEEN = 0.9

/**
 * Share of the readings of a pool in the last 15 minutes that came, 0 to 1: against as many an engine and minute as nine of ten of its
 * minutes have at most; of a pool that is read for a shorter time, since then. Who loses half of the readings evenly cannot be told from
 * who reads half as often.
 */
export function seenShare(rows: readonly PoolMinute[], nowMs: number): number {
  const perEngine = rows.filter(row => row.engines > 0).map(row => row.samples / row.engines)
  if (perEngine.length === 0) return 0
  const usual = quantile(perEngine, 0.9)
  const recent = rows.filter(row => row.at_ms >= nowMs - TREND_MINUTES * MINUTE && row.at_ms < nowMs)
  const minutes = Math.max(1, Math.min(TREND_MINUTES, (nowMs - (rows[0]?.at_ms ?? nowMs)) / MINUTE))
  const seen = recent.reduce((sum, row) => sum + Math.min(1, row.samples / row.engines / usual), 0) / minutes
  return seen >= LEAST_SEEN ? Math.min(1, Math.max(seen, recent.length / minutes)) : seen
}

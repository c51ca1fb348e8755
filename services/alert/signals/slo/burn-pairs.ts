/**
 * Multi-window, multi-burn-rate pairs. Share of the error budget that may be gone when a pair fires, its long and its short window (a
 * twelfth): Google, "The Site Reliability Workbook", chapter 5 "Alerting on SLOs", table 5-8 (30 days), as Sloth carries it in
 * internal/plugin/slo/core/alert_rules and its google-30d.yaml / google-28d.yaml windows. A burn rate follows from the share:
 * factor = share × period / long window, 14.4, 6, 3 and 1 over 30 days; 13.44, 5.6, 2.8 and 0.933 over 28.
 */
import { DAY, HOUR, MINUTE } from '../../../platform/clock.ts'

/** Two windows that have to burn too fast both: the long one says that it matters, the short one that it still goes on. */
export interface BurnPair {
  readonly severity: 'page' | 'ticket'
  readonly longMs: number
  readonly shortMs: number
  /** Per cent of the period's budget that is gone when the long window has burned at its factor throughout. */
  readonly budgetPercent: number
}

export const burnPairs: readonly BurnPair[] = [
  { severity: 'page', longMs: HOUR, shortMs: 5 * MINUTE, budgetPercent: 2 },
  { severity: 'page', longMs: 6 * HOUR, shortMs: 30 * MINUTE, budgetPercent: 5 },
  { severity: 'ticket', longMs: DAY, shortMs: 2 * HOUR, budgetPercent: 10 },
  { severity: 'ticket', longMs: 3 * DAY, shortMs: 6 * HOUR, budgetPercent: 10 },
]

/** How many times faster than even a pair may burn, for an objective over so many days. */
export function burnFactor({ budgetPercent, longMs }: Pick<BurnPair, 'budgetPercent' | 'longMs'>, periodDays: number): number {
  // Whole numbers first: 0.02 × 720 / 1 would be 14.400000000000002.
  return (budgetPercent * periodDays * DAY) / (100 * longMs)
}

/** The share of bad events from which a pair fires, for an objective in per cent (99.9). */
export function errorRatioThreshold(pair: Pick<BurnPair, 'budgetPercent' | 'longMs'>, objective: number, periodDays: number): number {
  return burnFactor(pair, periodDays) * budgetRatio(objective)
}

/** Share of events that may be bad: 0.001 of 99.9 %. Rounded to 12 places, as 1 − 0.999 has noise behind them. */
export function budgetRatio(objective: number): number {
  return Math.round((100 - objective) * 1e10) / 1e12
}

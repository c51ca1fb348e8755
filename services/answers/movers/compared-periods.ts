/** Which period another is compared with. */
import { DateTime } from 'luxon'
import { DAY, MINUTE, windowStart } from '../../platform/clock.ts'

/** What to compare with: the time just before, the same time a week ago, the same days of last month. */
export const REFERENCES = ['before', 'week', 'month'] as const
export type Reference = (typeof REFERENCES)[number]

/** A period, ms, end exclusive. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/**
 * The period asked for, cut where figures are not settled yet so that like is compared with like, and the one that it is compared with.
 * `isMonthToDate`: it begins with the UTC month of its end. A month before may be shorter: then its last days are missing from it.
 */
export function comparedPeriods(
  asked: Span & { readonly against: Reference; readonly isMonthToDate: boolean },
  settledUntilMs: number | null,
): { before: Span; after: Span } {
  const last = DateTime.fromMillis(asked.toMs - 1, { zone: 'utc' })
  const fromMs = asked.isMonthToDate ? last.startOf('month').toMillis() : windowStart(asked.fromMs + MINUTE - 1)
  const toMs = Math.max(fromMs + MINUTE, Math.min(windowStart(asked.toMs), settledUntilMs ?? asked.toMs))
  const after = { fromMs, toMs }
  const against = asked.isMonthToDate ? 'month' : asked.against
  if (against === 'month') return { before: { fromMs: monthBefore(fromMs), toMs: monthBefore(toMs) }, after }
  const back = against === 'week' ? 7 * DAY * Math.max(1, Math.ceil((toMs - fromMs) / (7 * DAY))) : toMs - fromMs
  return { before: { fromMs: fromMs - back, toMs: toMs - back }, after }
}

/** The same instant of the month before, its last day where it has none such. */
function monthBefore(atMs: number): number {
  return DateTime.fromMillis(atMs, { zone: 'utc' }).minus({ months: 1 }).toMillis()
}

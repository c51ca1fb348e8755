import { DateTime } from 'luxon'
import type { Budget } from '../terms/terms.ts'

/** A period of a budget, ms since 1970 UTC, `end_ms` exclusive. */
export interface BudgetPeriod {
  start_ms: number
  end_ms: number
}

/** The period of a budget that an instant lies in: week (from Monday, ISO 8601), month, quarter or year of the zone. */
export function budgetPeriodAt(period: Budget['period'], atMs: number, timeZone: string): BudgetPeriod {
  const start = DateTime.fromMillis(atMs, { zone: timeZone }).startOf(period)
  return { start_ms: start.toMillis(), end_ms: start.plus({ [`${period}s`]: 1 }).toMillis() }
}

/** Starts of the zone's days from the one that holds `fromMs` to the one that holds `toMs`, ascending. */
export function dayStarts(fromMs: number, toMs: number, timeZone: string): number[] {
  const starts: number[] = []
  let day = DateTime.fromMillis(fromMs, { zone: timeZone }).startOf('day')
  while (day.toMillis() <= toMs) {
    starts.push(day.toMillis())
    day = day.plus({ days: 1 }).startOf('day')
  }
  return starts
}

/** How many calendar months begin in the period after `atMs`. */
export function monthsToCome({ end_ms }: BudgetPeriod, atMs: number, timeZone: string): number {
  let count = 0
  let month = DateTime.fromMillis(atMs, { zone: timeZone }).startOf('month').plus({ months: 1 })
  while (month.toMillis() < end_ms) {
    count++
    month = month.plus({ months: 1 })
  }
  return count
}

/** The calendar date, YYYY-MM-DD, that an instant lies in. */
export function dateOf(atMs: number, timeZone: string): string {
  return DateTime.fromMillis(atMs, { zone: timeZone }).toFormat('yyyy-MM-dd')
}

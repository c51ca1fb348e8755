/**
 * Billing months and days as a tenant's calendar has them. Luxon knows the zones; where a day begins is found here, because its
 * `startOf('day')` promises nothing for a midnight that a zone skips or has twice.
 */

import { IANAZone } from 'luxon'
import { HOUR, MINUTE } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'

/** One calendar day of a zone; `end_ms` exclusive. 23 or 25 hours where clocks change, and absent where the zone skips the date. */
export interface BillingDay {
  /** YYYY-MM-DD in the zone. */
  date: string
  start_ms: number
  end_ms: number
}

/** A calendar month of a zone, whole in its days: each ends where the next begins. */
export interface BillingMonth {
  /** YYYY-MM. */
  month: string
  time_zone: string
  start_ms: number
  /** Exclusive. */
  end_ms: number
  days: readonly BillingDay[]
}

/** No zone is further from UTC than 14 hours, and none moves by more than a day (Samoa, Kwajalein). */
const REACH_MS = 48 * HOUR
const MONTH = /^(2\d{3})-(0[1-9]|1[0-2])$/

/**
 * The billing month of a zone. STATEMENT_INVALID for a month that is not YYYY-MM from 2000 on, or a zone that the machine does not know.
 */
export function buildBillingMonth(month: string, timeZone: string): BillingMonth {
  const zone = zoneOf(timeZone)
  const [year, number] = partsOf(month)
  const days: BillingDay[] = []
  const length = new Date(Date.UTC(year, number, 0)).getUTCDate()
  const midnights = Array.from({ length: length + 1 }, (_, index) => Date.UTC(year, number - 1, index + 1))
  const starts = startsOfDates(midnights, zone)
  for (let index = 0; index < length; index++) {
    const [start_ms, end_ms] = [starts[index] as number, starts[index + 1] as number]
    // A date that the zone skipped, such as 2011-12-30 in Samoa, has no length.
    if (end_ms > start_ms) days.push({ date: `${month}-${String(index + 1).padStart(2, '0')}`, start_ms, end_ms })
  }
  return {
    month,
    time_zone: timeZone,
    start_ms: (days[0] as BillingDay).start_ms,
    end_ms: (days.at(-1) as BillingDay).end_ms,
    days,
  }
}

/** The month in any zone, each computed once. Throws as `buildBillingMonth`. */
export function buildCalendar(month: string): (timeZone: string) => BillingMonth {
  const months = new Map<string, BillingMonth>()
  return timeZone => {
    const built = months.get(timeZone) ?? buildBillingMonth(month, timeZone)
    months.set(timeZone, built)
    return built
  }
}

/** The month, YYYY-MM, that `atMs` falls into on the calendar of a zone. STATEMENT_INVALID for an unknown zone. */
export function billingMonthAt(atMs: number, timeZone: string): string {
  const local = new Date(atMs + offsetMs(zoneOf(timeZone), atMs))
  return local.toISOString().slice(0, 7)
}

/** The month `count` later (earlier below zero). STATEMENT_INVALID for a month that is not YYYY-MM. */
export function shiftMonth(month: string, count: number): string {
  const [year, number] = partsOf(month)
  return new Date(Date.UTC(year, number - 1 + count, 1)).toISOString().slice(0, 7)
}

/** Earliest instants at which the zone's calendar shows the dates whose midnights, were they UTC, are `midnights`, a day apart. */
function startsOfDates(midnights: readonly number[], zone: IANAZone): number[] {
  const offsets = new Map<number, number>()
  // Asking for an offset is what takes the time here, and neighbouring days ask at the same instants.
  const offsetAt = (atMs: number) => {
    const known = offsets.get(atMs) ?? offsetMs(zone, atMs)
    offsets.set(atMs, known)
    return known
  }
  return midnights.map(localMs => {
    const [before, after] = [localMs - REACH_MS, localMs + REACH_MS]
    const [first, last] = [offsetAt(before), offsetAt(after)]
    if (first === last) return localMs - first
    const change = changeBetween(before, after, first, zone)
    return localMs - first < change ? localMs - first : Math.max(change, localMs - last)
  })
}

/** The minute from which the offset is no longer `offset`. */
function changeBetween(fromMs: number, toMs: number, offset: number, zone: IANAZone): number {
  let [low, high] = [fromMs / MINUTE, toMs / MINUTE]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetMs(zone, middle * MINUTE) === offset) low = middle
    else high = middle
  }
  return high * MINUTE
}

function offsetMs(zone: IANAZone, atMs: number): number {
  return Math.round(zone.offset(atMs)) * MINUTE
}

function zoneOf(timeZone: string): IANAZone {
  const zone = IANAZone.create(timeZone)
  if (zone.isValid) return zone
  throw new AppError(
    'STATEMENT_INVALID',
    `time zone ${JSON.stringify(timeZone)} is not known: give an IANA name such as Europe/Berlin or UTC`,
  )
}

function partsOf(month: string): [number, number] {
  const parts = MONTH.exec(month)
  if (parts) return [Number(parts[1]), Number(parts[2])]
  throw new AppError(
    'STATEMENT_INVALID',
    `month ${JSON.stringify(month.slice(0, 40))} is not a billing month: write YYYY-MM, such as 2026-02`,
  )
}

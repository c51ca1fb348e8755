import { DateTime, Duration } from 'luxon'
import { DAY, HOUR, MINUTE, type Now, windowStart } from '../../platform/clock.ts'

/** A stretch of time: start inclusive, end exclusive, ms since 1970 UTC. */
export interface Period {
  fromMs: number
  toMs: number
}

/** Longest period of one answer. */
export const MAX_PERIOD_MS = 400 * DAY
/** Most steps in one answer; a month of minutes is 44,640. */
export const MAX_STEPS = 50_000

// Monday 1970-01-05: steps of whole weeks begin on Mondays, all others at multiples of the step since 1970-01-01T00:00:00Z.
const FIRST_MONDAY_MS = 4 * DAY
/** Times from here on are understood, ms since 1970 UTC. */
export const EARLIEST_MS = Date.UTC(1971, 0, 1)
/** Times before this one are understood; ClickHouse's DateTime ends in 2106. */
export const LATEST_MS = Date.UTC(2100, 0, 1)
// An unencoded + of an offset arrives as a space.
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+ -](?:[01]\d|2[0-3]):?[0-5]\d)$/i
const UNIT_MS: Readonly<Record<string, number>> = { m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY }

/** ISO 8601 time with a zone → ms; undefined: it is not one, or lies outside 1971 to 2099. */
export function parseTime(text: string): number | undefined {
  if (!TIME.test(text)) return undefined
  const parsed = DateTime.fromISO(text.replace(' ', '+').toUpperCase())
  if (!parsed.isValid) return undefined
  const atMs = parsed.toMillis()
  return atMs >= EARLIEST_MS && atMs < LATEST_MS ? atMs : undefined
}

/**
 * `now`, `now-6h`, in minutes, hours, days or weeks → ms; undefined: it is none. `now` is the end of the minute that runs, so that a range
 * up to it holds whole windows.
 */
export function parseRelativeTime(text: string, now: Now): number | undefined {
  const found = /^now(?:-(\d{1,6})([mhdw]))?$/.exec(text)
  if (found === null) return undefined
  const [, count = '0', unit = 'm'] = found
  const atMs = lastHour(now).toMs - Number(count) * (UNIT_MS[unit] as number)
  return atMs >= EARLIEST_MS ? atMs : undefined
}

/** `5m`, `1h`, `1d`, `1w` or an ISO 8601 duration of fixed length → ms; undefined: neither, or not a whole number of minutes. */
export function parseStep(text: string): number | undefined {
  const short = /^(\d{1,6})([mhdw])$/.exec(text)
  const stepMs = short ? Number(short[1]) * (UNIT_MS[short[2] as string] as number) : isoStep(text)
  return stepMs !== undefined && stepMs > 0 && stepMs <= MAX_PERIOD_MS && stepMs % MINUTE === 0 ? stepMs : undefined
}

/** The hour up to and including the minute that runs now. */
export function lastHour(now: Now): Period {
  const toMs = windowStart(now()) + MINUTE
  return { fromMs: toMs - HOUR, toMs }
}

/** Where steps of this length are counted from, ms since 1970 UTC. */
export function stepOrigin(stepMs: number): number {
  return stepMs % (7 * DAY) === 0 ? FIRST_MONDAY_MS : 0
}

/** A step as an ISO 8601 duration in its largest whole unit, days at most. */
export function stepText(stepMs: number): string {
  if (stepMs % DAY === 0) return `P${stepMs / DAY}D`
  return stepMs % HOUR === 0 ? `PT${stepMs / HOUR}H` : `PT${stepMs / MINUTE}M`
}

/** A time as ISO 8601 in UTC, without milliseconds where there are none. */
export function timeText(atMs: number): string {
  return new Date(atMs).toISOString().replace('.000Z', 'Z')
}

/** A time in whole seconds, rounded up: windows start on whole seconds, so comparing with it decides as the exact time would. */
export function secondsUp(atMs: number): number {
  return Math.ceil(atMs / 1000)
}

function isoStep(text: string): number | undefined {
  if (!/^P[\dTWDHMS.]{2,20}$/.test(text)) return undefined
  const duration = Duration.fromISO(text)
  // Months differ in length, so there is no such step.
  return duration.isValid && duration.months === 0 && duration.years === 0 ? duration.toMillis() : undefined
}

import { DAY, MINUTE } from '../../platform/clock.ts'

/** How old a line may be when the event log takes it. */
export const ACCEPT_AGE_MS = 35 * DAY
/** How far ahead of the event log's clock a line may be. */
export const ACCEPT_AHEAD_MS = 5 * MINUTE

/** The times that are accepted, ms since 1970 UTC, both inclusive. */
export interface AcceptTime {
  acceptFromMs: number
  acceptUntilMs: number
}

/**
 * The times accepted of lines that the event log took at `takenAtMs`. Counted from there and not from the reader's clock, so that reading a
 * record again, however much later, accepts and refuses the same lines.
 */
export function acceptTimeAt(takenAtMs: number): AcceptTime {
  return { acceptFromMs: takenAtMs - ACCEPT_AGE_MS, acceptUntilMs: takenAtMs + ACCEPT_AHEAD_MS }
}

/** Every time that a line can name: for reports over old files. */
export const acceptAnyTime: AcceptTime = { acceptFromMs: 0, acceptUntilMs: Date.UTC(9999, 0, 1) }

/** Why a time is not accepted, with the limits; undefined when it is. */
export function timeFault(name: string, atMs: number, accept: AcceptTime): string | undefined {
  if (atMs >= accept.acceptFromMs && atMs <= accept.acceptUntilMs) return undefined
  return `${name} is ${isoText(atMs)}; accepted is ${isoText(accept.acceptFromMs)} to ${isoText(accept.acceptUntilMs)} (UTC).`
}

/** The last millisecond that a Date can name (ECMAScript, Time Values and Time Range). */
const DATE_LIMIT_MS = 8.64e15

function isoText(atMs: number): string {
  return Math.abs(atMs) <= DATE_LIMIT_MS ? new Date(atMs).toISOString() : `${atMs} ms since 1970`
}

/** Requests of a route by ten seconds: what storms are seen by. */
import { MINUTE, SECOND } from '../../platform/clock.ts'
import { median, type ResilienceMinute } from './minutes.ts'
import type { ResendSlot } from './resends.ts'

/** Length of a slot, ms. */
export const SLOT_MS = 10 * SECOND
const SLOTS_A_MINUTE = MINUTE / SLOT_MS

/** What began in ten seconds. */
export interface Slot {
  readonly at_ms: number
  readonly requests: number
  /** Attempts of these requests, each request at least one. */
  readonly attempts: number
  readonly answered: number
  /** Of the requests, those that send again what failed. */
  readonly resends: number
}

/** The slots of a route in order of time, without gaps. Minutes that were settled before there were slots are spread evenly over theirs. */
export function slotsOf(rows: readonly ResilienceMinute[], resends: readonly ResendSlot[]): Slot[] {
  const sums = new Map<number, { requests: number; attempts: number; answered: number }>()
  for (const row of rows) {
    for (let n = 0; n < SLOTS_A_MINUTE; n++) {
      const at_ms = row.at_ms + n * SLOT_MS
      const sum = sums.get(at_ms) ?? { requests: 0, attempts: 0, answered: 0 }
      const of = (counts: readonly number[], whole: number) => (counts.length === 0 ? whole / SLOTS_A_MINUTE : (counts[n] ?? 0))
      sum.requests += of(row.requests_by_10s, row.requests)
      sum.attempts += of(row.attempts_by_10s, row.attempts_reported)
      sum.answered += of(row.answered_by_10s, row.requests - row.failed_after_all - row.failed_at_once)
      sums.set(at_ms, sum)
    }
  }
  const sentAgain = new Map(resends.map(one => [one.at_ms, one.resends]))
  const times = [...sums.keys()]
  const slots: Slot[] = []
  const untilMs = times.reduce((last, at) => Math.max(last, at), 0)
  for (let at_ms = times.reduce((first, at) => Math.min(first, at), Number.POSITIVE_INFINITY); at_ms <= untilMs; at_ms += SLOT_MS) {
    const { requests, attempts, answered } = sums.get(at_ms) ?? { requests: 0, attempts: 0, answered: 0 }
    slots.push({ at_ms, requests, attempts: Math.max(attempts, requests), answered, resends: sentAgain.get(at_ms) ?? 0 })
  }
  return slots
}

/** Sums of some slots, as shares: further attempts and answers of each thing that was asked for once. */
export interface Shares {
  /** Requests that are not sent again. */
  readonly intended: number
  /** Further attempts and requests sent again, of each of them. */
  readonly retries: number
  /** Answers, of each of them; at most 1. */
  readonly success: number
  /** Requests of all kinds. */
  readonly requests: number
}

/** The shares of some slots. */
export function sharesOf(slots: readonly Slot[]): Shares {
  const sum = (of: (slot: Slot) => number) => slots.reduce((total, slot) => total + of(slot), 0)
  const [requests, resends] = [sum(slot => slot.requests), sum(slot => slot.resends)]
  const intended = Math.max(1, requests - resends)
  return {
    intended,
    retries: Math.max(0, sum(slot => slot.attempts) / intended - 1),
    success: Math.min(1, sum(slot => slot.answered) / intended),
    requests,
  }
}

/** What is usual at a route: medians over its minutes with traffic; `requests` by ten seconds. */
export function usualOf(slots: readonly Slot[]): Pick<Shares, 'retries' | 'success' | 'requests'> {
  const minutes = [...Map.groupBy(slots, slot => Math.floor(slot.at_ms / MINUTE)).values()].map(sharesOf).filter(one => one.requests > 0)
  return {
    retries: median(minutes.map(one => one.retries)) ?? 0,
    success: median(minutes.map(one => one.success)) ?? 1,
    requests: (median(minutes.map(one => one.requests)) ?? 0) / SLOTS_A_MINUTE,
  }
}

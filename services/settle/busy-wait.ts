import { SECOND } from '../platform/clock.ts'

/** What the wait depends on. `rowAgeMs`: how long after the event log took them the rows were written that were written last. */
export interface SettleLoad {
  lastDurationMs: number
  waiting: number
  rowAgeMs: number
}

/** The least time between two settlings of a busy window. */
const LEAST_MS = 1_500
/** A window is settled again after this many times its last duration: settling takes two fifths of the time. */
const FACTOR = 1.5
/** Rows that are written so long after the event log took them wait for the machine: what settling takes is then given to them. */
const LATE_MS = 3 * SECOND
/** The factor while rows are late: settling takes a tenth of the time. */
const LATE_FACTOR = 9

/**
 * How long (ms) a window waits to be settled while rows keep coming: not longer than `maxWaitMs`, but where all that wait would take longer than that, they take half
 * of the time, and where rows are late a single one a tenth. Settling without a pause leaves nothing for the rows that come.
 */
export function busyWaitMs({ lastDurationMs, waiting, rowAgeMs }: SettleLoad, { maxWaitMs }: { maxWaitMs: number }): number {
  const own =
    rowAgeMs > LATE_MS
      ? Math.max(maxWaitMs, LATE_FACTOR * lastDurationMs)
      : Math.min(maxWaitMs, Math.max(LEAST_MS, FACTOR * lastDurationMs))
  return Math.max(own, waiting * lastDurationMs)
}

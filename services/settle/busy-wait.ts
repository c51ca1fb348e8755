import { SECOND } from '../platform/clock.ts'

/** What the waits depend on. `rowAgeMs`: how long after the event log took them the rows were written that were written last. */
export interface SettleLoad {
  lastDurationMs: number
  rowAgeMs: number
  /** Raw rows that came since the last pass began, and how long ago that was, ms. */
  newRows: number
  sinceLastMs: number
  /** Rows a second that came before that, until the last pass began. */
  rowsPerSecondBefore: number
}

/** The least time between two settlings of a busy window. */
const LEAST_MS = 700
/** A window is settled again after this many times its last duration: settling takes little more than half of the time. */
const FACTOR = 0.8
/** Rows that are written so long after the event log took them wait for the machine: what settling takes is then given to them. */
const LATE_MS = 3 * SECOND
/** The factor while rows are late: settling takes a tenth of the time. */
const LATE_FACTOR = 9
/** And so long at least. */
const LATE_WAIT_MS = 5_000
/** The share of the time that settling may take: this much for each row a second that comes, within these bounds. */
const SHARE_PER_ROW = 0.00055
const LEAST_SHARE = 0.03
const MOST_SHARE = 0.55

/**
 * How long (ms) a window waits to be settled while rows keep coming: not longer than `maxWaitMs`, but where rows are late settling takes
 * a tenth of the time. Settling without a pause leaves nothing for the rows that come.
 */
export function busyWaitMs({ lastDurationMs, rowAgeMs }: SettleLoad, { maxWaitMs }: { maxWaitMs: number }): number {
  return rowAgeMs > LATE_MS
    ? Math.max(Math.min(maxWaitMs, LATE_WAIT_MS), LATE_FACTOR * lastDurationMs)
    : Math.min(maxWaitMs, Math.max(LEAST_MS, FACTOR * lastDurationMs))
}

/**
 * How long (ms) nothing at all is settled after a pass: what a pass costs is mostly planning, so the fewer rows come the rarer it is
 * worth it; not longer than `maxWaitMs`.
 */
export function restMs(
  { lastDurationMs, newRows, sinceLastMs, rowsPerSecondBefore }: SettleLoad,
  { maxWaitMs }: { maxWaitMs: number },
): number {
  // The last rows of a busy time are settled as soon as those before them.
  const rowsPerSecond = Math.max(rowsPerSecondBefore, (newRows * SECOND) / Math.max(SECOND, sinceLastMs))
  const share = Math.min(MOST_SHARE, Math.max(LEAST_SHARE, rowsPerSecond * SHARE_PER_ROW))
  return Math.min(maxWaitMs, lastDurationMs * (1 / share - 1))
}

import type { LogPosition } from './log-position.ts'

/**
 * The ledger: what the worker found in one message of the event log. One row of `messages_read` each.
 * `lines` = `accepted_lines` + `dead_letters` + `skipped_lines` + `parked_lines` holds for every message; a redelivered message writes the
 * same row again, and one that was parked another when it is taken up.
 */
export interface MessageRead extends LogPosition {
  source: string
  /** Lines of an access-log message; expositions (always one) of an engine-metrics message, or its refused lines when there are more. */
  lines: number
  /** Attempt rows or engine samples written for it. */
  rows: number
  /** Lines that gave at least one row. */
  accepted_lines: number
  dead_letters: number
  /** Lines that are no attempts at a model (schemas/dialects/skip-reasons.ts). */
  skipped_lines: number
  /** The same by reason; their sum is `skipped_lines`. */
  skip_reasons: Readonly<Record<string, number>>
  /** Lines that wait in parked_messages: all or none. */
  parked_lines: number
}

/** Names of all columns of `messages_read`, in table order. */
export const messageReadColumns = [
  'log_epoch',
  'topic',
  'partition',
  'offset',
  'received_at',
  'source',
  'lines',
  'rows',
  'accepted_lines',
  'dead_letters',
  'skipped_lines',
  'skip_reasons',
  'parked_lines',
] as const satisfies readonly (keyof MessageRead)[]

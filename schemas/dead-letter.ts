import type { ErrorCode } from '../services/platform/errors.ts'

/** A refused line, whole, with its reason and position. One row of `dead_letters`. */
export interface DeadLetter {
  /** When the event log took it, ms since 1970 UTC. */
  received_at: number
  source: string
  code: ErrorCode
  /** What was wrong, where, and what was expected. */
  message: string
  /** The line as received; bytes that are not UTF-8 are kept base64 with `encoding` = 'base64'. */
  line: string
  encoding: 'utf8' | 'base64'
  log_epoch: string
  topic: string
  partition: number
  offset: number
  line_no: number
}

/** Names of all columns of `dead_letters`, in table order. */
export const deadLetterColumns = [
  'received_at',
  'source',
  'code',
  'message',
  'line',
  'encoding',
  'log_epoch',
  'topic',
  'partition',
  'offset',
  'line_no',
] as const satisfies readonly (keyof DeadLetter)[]

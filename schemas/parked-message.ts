import type { LogPosition } from './log-position.ts'

/** A message of a parked source, whole: neither rows nor dead letters were made of it. One row of `parked_messages`. */
export interface ParkedMessage extends LogPosition {
  source: string
  /** False: it was taken up again; `value` is empty then. */
  is_parked: boolean
  lines: number
  headers: Readonly<Record<string, string>>
  /** The message as received, as text where it is UTF-8. */
  value: string
  encoding: 'utf8' | 'base64'
}

/** Names of all columns of `parked_messages`, in table order. */
export const parkedMessageColumns = [
  'log_epoch',
  'topic',
  'partition',
  'offset',
  'received_at',
  'source',
  'is_parked',
  'lines',
  'headers',
  'value',
  'encoding',
] as const satisfies readonly (keyof ParkedMessage)[]

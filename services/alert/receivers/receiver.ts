import type { Notification } from '../notification.ts'

/**
 * What became of one try. delivered: the receiver has it; retry: it may take it later (`retryAfterMs` where it said when); refused: it
 * will never take this message; gone: it takes no message any more (410). `detail` is for the delivery log: status and a short reason,
 * never secrets, never more of the answer than a line.
 */
export interface DeliveryOutcome {
  readonly outcome: 'delivered' | 'retry' | 'refused' | 'gone'
  readonly status: number | null
  readonly detail: string
  readonly retryAfterMs?: number
}

/** Somebody or something that is told. `send` never rejects; it ends by itself within the receiver's time-out, or when `signal` aborts. */
export interface Receiver {
  readonly name: string
  readonly kind: string
  /** Whether it has to be told again and again while a group fires (Alertmanager): ms between two tellings; absent: no. */
  readonly resendEveryMs?: number
  send(notification: Notification, signal: AbortSignal): Promise<DeliveryOutcome>
}

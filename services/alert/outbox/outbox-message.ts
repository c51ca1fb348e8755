import type { Notification } from '../notification.ts'
import type { DeliveryOutcome } from '../receivers/receiver.ts'

/** How a message stands with one receiver. Times are of the clock, ms. */
export interface Delivery {
  readonly tries: number
  /** When it is tried next; null: it is done. */
  readonly next_ms: number | null
  readonly first_ms: number | null
  /** The last try's; null: none was made. expired: given up after a day. */
  readonly outcome: DeliveryOutcome['outcome'] | 'expired' | null
  readonly status: number | null
  readonly detail: string
}

/** A message that was decided, until every receiver has it or will never take it. */
export interface OutboxMessage {
  readonly notification: Notification
  readonly deliveries: Readonly<Record<string, Delivery>>
  /** When receivers in `escalate_to` are told if nobody has it by then; null: not to be, or done. */
  readonly escalate_at_ms: number | null
  readonly escalate_to: readonly string[]
}

const UNTRIED: Delivery = { tries: 0, next_ms: 0, first_ms: null, outcome: null, status: null, detail: '' }

/** A message as it enters the outbox. */
export function outboxMessage(
  notification: Notification,
  receivers: readonly string[],
  escalation: { afterMs: number | null; to: readonly string[] },
): OutboxMessage {
  return {
    notification,
    deliveries: Object.fromEntries(receivers.map(name => [name, { ...UNTRIED, next_ms: notification.decided_at_ms }])),
    escalate_at_ms: escalation.afterMs === null || escalation.to.length === 0 ? null : notification.decided_at_ms + escalation.afterMs,
    escalate_to: escalation.to,
  }
}

/** Whether nothing is left to be done. */
export function isDone({ deliveries, escalate_at_ms }: OutboxMessage): boolean {
  return escalate_at_ms === null && Object.values(deliveries).every(({ next_ms }) => next_ms === null)
}

/** Whether somebody has it. */
export function isDelivered({ deliveries }: OutboxMessage): boolean {
  return Object.values(deliveries).some(({ outcome }) => outcome === 'delivered')
}

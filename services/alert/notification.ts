/** What receivers are given: one message about one group of alerts. Plain data, as it stands in the outbox. */
import type { Facts, Labels } from './reading.ts'
import type { Severity } from './severity.ts'

/**
 * Why a message is sent. first: the group began to fire; more: alerts joined it; some_resolved: some ended, others go on; resolved: all
 * ended; repeat: it still fires and the repeat interval is over; escalated: the receiver before could not be reached; test: somebody
 * tries a receiver; heartbeat: all is well with alerting itself.
 */
export const REASONS = ['first', 'more', 'some_resolved', 'resolved', 'repeat', 'escalated', 'test', 'heartbeat'] as const
export type Reason = (typeof REASONS)[number]

/** One alert of a message. Times are ms since 1970 UTC. */
export interface NotifiedAlert {
  /** Stable name of the alert: the rule and its labels, 16 hexadecimal digits. */
  readonly fingerprint: string
  readonly rule: string
  readonly status: 'firing' | 'resolved'
  readonly severity: Severity
  /** Labels of the thing and of the rule. Values may be chosen by tenants: any text of up to 300 characters. */
  readonly labels: Labels
  /** One line that suffices on a watch: what, since when, who, how bad, money. */
  readonly summary: string
  /** Likely cause with evidence, what was done already, what to do first. Plain text, lines parted by newlines. */
  readonly description: string
  readonly runbook_url: string | null
  readonly value: number | null
  readonly threshold: number | null
  readonly sample: number
  readonly facts: Facts
  readonly since_ms: number
  /** When it ended; null: it goes on. */
  readonly until_ms: number | null
}

/** Where a reader goes on from a message; absolute addresses. */
export interface NotificationLink {
  readonly text: string
  readonly href: string
}

/** A message. The alerts are sorted, the one to act on first; `alerts_total` counts those that were left out too. */
export interface Notification {
  /** Stays on every retry and with every receiver's copy: the idempotency key. Letters, digits, `-` and `_`. */
  readonly id: string
  readonly reason: Reason
  readonly status: 'firing' | 'resolved'
  /** The loudest of its alerts. */
  readonly severity: Severity
  /** Stable for as long as the group fires: what PagerDuty, incident.io and the like merge by. */
  readonly group_key: string
  readonly group_labels: Labels
  /** At most 150 characters that suffice on a watch. */
  readonly title: string
  readonly alerts: readonly NotifiedAlert[]
  readonly alerts_total: number
  readonly links: readonly NotificationLink[]
  /** When the group began to fire and when this message was decided, ms. */
  readonly since_ms: number
  readonly decided_at_ms: number
  /** Figures are settled up to here, ms; null: nothing is. */
  readonly settled_until_ms: number | null
  /** A small picture of the last readings of the first alert, oldest first: what charts are drawn from. */
  readonly trend: readonly { readonly at_ms: number; readonly value: number | null }[]
}

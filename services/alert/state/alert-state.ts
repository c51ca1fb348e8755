import type { Facts, Labels } from '../reading.ts'
import type { Severity } from '../severity.ts'

/**
 * How an alert stands; one that is not kept is inactive. pending: its condition holds, not yet for long enough; firing; recovering: it held
 * until lately; no_data: it fired and cannot be judged any more; resolved: it ended, kept a while against flapping.
 */
export const ALERT_STATES = ['pending', 'firing', 'recovering', 'no_data', 'resolved'] as const
export type AlertStateName = (typeof ALERT_STATES)[number]

/** What is remembered of an alert. Times are ms of settled time, but `changed_at_ms`, which is the clock's. */
export interface AlertState {
  readonly fingerprint: string
  readonly group: string
  readonly rule: string
  /** Place of the rule in its group: causes come before what follows from them. */
  readonly rank: number
  readonly state: AlertStateName
  readonly severity: Severity
  readonly labels: Labels
  /** From when on the condition has held in this episode. */
  readonly since_ms: number
  /** When it began to fire in this episode; null: it has not. */
  readonly fired_ms: number | null
  /** When the condition held last, up to when it was judged last, and when it ended (null: it goes on). */
  readonly last_true_ms: number
  readonly judged_ms: number
  readonly until_ms: number | null
  readonly changed_at_ms: number
  /** The reading it was judged by last while it held. */
  readonly value: number | null
  readonly sample: number
  readonly facts: Facts
  readonly summary: string
  readonly description: string
  readonly runbook: string | null
  readonly threshold: number | null
  /** When it began to fire lately, this time included, at most five: what flapping is seen by. */
  readonly firings_ms: readonly number[]
  /** Last values while it was kept, oldest first. */
  readonly trend: readonly { readonly at_ms: number; readonly value: number | null }[]
}

/** Whether others are to be told that it goes on. */
export function isActive({ state }: Pick<AlertState, 'state'>): boolean {
  return state === 'firing' || state === 'recovering' || state === 'no_data'
}

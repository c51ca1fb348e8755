import { createHash } from 'node:crypto'
import { durationText } from '../config/durations.ts'
import type { Notification, NotificationLink, NotifiedAlert, Reason } from '../notification.ts'
import { SEVERITIES } from '../severity.ts'
import { type AlertState, isActive } from './alert-state.ts'
import { type GroupState, loudestOf } from './group-state.ts'

/** Alerts that a message carries at most: nobody reads more, and every receiver has a limit. The others are counted. */
const MOST_ALERTS = 50
const MOST_TITLE = 150
const MARKS = { page: 'P', ticket: 'T', info: 'I' } as const

/** What a message is made of beside the alerts. */
export interface Composing {
  readonly reason: Reason
  readonly state: GroupState
  readonly nowMs: number
  readonly settledUntilMs: number | null
  readonly links: readonly NotificationLink[]
  /** How many alerts it carries at most; 50 unless told. */
  readonly most?: number
}

/** The message about a group. Its id hangs on the group, its start and its number alone: decided twice, it is the same message. */
export function composeNotification(alerts: readonly AlertState[], composing: Composing): Notification {
  const { reason, state, nowMs, settledUntilMs, links, most = MOST_ALERTS } = composing
  const sorted = alerts.toSorted(byWeight)
  const firing = sorted.filter(isActive)
  const status = reason === 'resolved' ? 'resolved' : 'firing'
  const severity = loudestOf((firing.length > 0 ? firing : sorted).map(alert => alert.severity)) ?? 'info'
  const [first] = sorted
  return {
    id: idOf(state, reason),
    reason,
    status,
    severity,
    group_key: state.key,
    group_labels: state.labels,
    title: titleOf(sorted, firing, status, nowMs),
    alerts: sorted.slice(0, most).map(notified),
    alerts_total: sorted.length,
    links,
    since_ms: Math.min(...sorted.map(alert => alert.fired_ms ?? alert.since_ms), state.started_ms),
    decided_at_ms: nowMs,
    settled_until_ms: settledUntilMs,
    trend: first?.trend ?? [],
  }
}

function idOf({ key, started_ms, count }: GroupState, reason: Reason): string {
  return createHash('sha256')
    .update(JSON.stringify([key, started_ms, count, reason]))
    .digest('hex')
    .slice(0, 24)
}

/** What fires before what ended, then the loudest, then causes before what follows from them, then the largest, then the oldest. */
function byWeight(one: AlertState, other: AlertState): number {
  return (
    Number(isActive(other)) - Number(isActive(one)) ||
    SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) ||
    one.rank - other.rank ||
    (other.value ?? 0) * other.sample - (one.value ?? 0) * one.sample ||
    one.since_ms - other.since_ms ||
    (one.fingerprint < other.fingerprint ? -1 : 1)
  )
}

function titleOf(sorted: readonly AlertState[], firing: readonly AlertState[], status: 'firing' | 'resolved', nowMs: number): string {
  const [first] = status === 'resolved' || firing.length === 0 ? sorted : firing
  if (first === undefined) return 'nothing to tell'
  const more = (status === 'resolved' ? sorted : firing).length - 1
  const tail = more === 0 ? '' : ` (+${more} more)`
  const begun = first.fired_ms ?? first.since_ms
  const head =
    status === 'resolved'
      ? `[OK] over after ${durationText(Math.max(0, (first.until_ms ?? nowMs) - begun))}: `
      : `[${MARKS[first.severity]}] `
  return `${head}${cut(first.summary, MOST_TITLE - [...head].length - tail.length)}${tail}`
}

/** The first `most` characters, a sign in place of what is left out. */
function cut(text: string, most: number): string {
  const characters = [...text]
  return characters.length <= most
    ? text
    : `${characters
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`
}

function notified(alert: AlertState): NotifiedAlert {
  return {
    fingerprint: alert.fingerprint,
    rule: alert.rule,
    status: isActive(alert) ? 'firing' : 'resolved',
    severity: alert.severity,
    labels: alert.labels,
    summary: alert.summary,
    description: alert.description,
    runbook_url: alert.runbook,
    value: alert.value,
    threshold: alert.threshold,
    sample: alert.sample,
    facts: alert.facts,
    since_ms: alert.fired_ms ?? alert.since_ms,
    until_ms: alert.until_ms,
  }
}

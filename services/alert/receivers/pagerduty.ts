/** PagerDuty, Events API v2 (developer.pagerduty.com, "Send an Alert Event"). */
import { createHash } from 'node:crypto'
import { boundedAlert, fitAlerts } from '../message/fit-alerts.ts'
import { messageParts } from '../message/message-parts.ts'
import { safeLine } from '../message/safe-text.ts'
import type { Notification } from '../notification.ts'
import type { Severity } from '../severity.ts'
import { buildHttpReceiver, type EntryOf, type ReceiverDeps } from './http-receiver.ts'
import type { Receiver } from './receiver.ts'

/** An event is at most 512 kB long. */
export const PAGERDUTY_BYTES = 512_000
const MOST_SUMMARY = 1_024
const MOST_ALERTS = 50

/** `error` is not used: it stands between what wakes somebody and what does not. */
const SEVERITY: Readonly<Record<Severity, string>> = { page: 'critical', ticket: 'warning', info: 'info' }

const ENDPOINTS = { us: 'https://events.pagerduty.com/v2/enqueue', eu: 'https://events.eu.pagerduty.com/v2/enqueue' } as const

/** What alerts of a group are merged by, for as long as it fires: any group key in 32 characters (`dedup_key` has at most 255). */
export function groupId(groupKey: string): string {
  return createHash('sha256').update(groupKey.toWellFormed()).digest('hex').slice(0, 32)
}

/** The event: trigger while the group fires, resolve when all of it is over. */
export function pagerDutyBody(notification: Notification, routingKey: string, publicUrl: string | null): string {
  const { reason, status, severity, group_labels, since_ms, alerts } = notification
  const { title, lines, others, figures, trend, links } = messageParts(notification)
  const event = {
    routing_key: routingKey,
    event_action: status === 'resolved' && reason !== 'test' ? 'resolve' : 'trigger',
    dedup_key: groupId(notification.group_key),
    client: 'Weir',
    ...(publicUrl !== null && { client_url: publicUrl }),
    links: links.map(({ text, href }) => ({ text, href })),
  }
  const payload = {
    summary: safeLine(title, MOST_SUMMARY) || 'Weir',
    source: safeLine(Object.values(group_labels).join(' '), 300) || 'weir',
    severity: SEVERITY[severity],
    timestamp: new Date(since_ms).toISOString(),
    component: safeLine(group_labels['pool'] ?? group_labels['provider'] ?? group_labels['route'] ?? 'weir', 300),
    group: safeLine(group_labels['tenant_id'] ?? 'platform', 300),
    class: safeLine(alerts[0]?.rule ?? reason, 300),
  }
  return fitAlerts(alerts.slice(0, MOST_ALERTS).map(boundedAlert), PAGERDUTY_BYTES, kept => ({
    ...event,
    payload: { ...payload, custom_details: { what: lines, others, figures, trend, alerts_total: notification.alerts_total, alerts: kept } },
  }))
}

/** Builds the receiver. */
export function buildPagerDutyReceiver(entry: EntryOf<'pagerduty'>, deps: ReceiverDeps): Receiver {
  return buildHttpReceiver(entry, deps, (notification, secretOf) => ({
    url: ENDPOINTS[entry.region ?? 'us'],
    body: pagerDutyBody(notification, secretOf(entry.routing_key), deps.publicUrl),
    headers: {},
  }))
}

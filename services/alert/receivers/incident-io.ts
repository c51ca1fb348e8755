/** incident.io, an alert source of the kind HTTP (docs.incident.io, "Alert Events V2"). */

import { escapeMarkdown } from '../message/escape-markdown.ts'
import { boundedAlert, fitAlerts } from '../message/fit-alerts.ts'
import { messageParts } from '../message/message-parts.ts'
import type { Notification } from '../notification.ts'
import { buildHttpReceiver, type EntryOf, type ReceiverDeps } from './http-receiver.ts'
import { groupId } from './pagerduty.ts'
import type { Receiver } from './receiver.ts'

/** A body is at most 512 KB long. */
export const INCIDENT_IO_BYTES = 512 * 1_000

/** The event. Alerts of a group are one alert there, by `deduplication_key`. */
export function incidentIoBody(notification: Notification): string {
  const { status, severity, alerts, alerts_total, group_labels, group_key } = notification
  const { title, reason, lines, others, trend, figures, links } = messageParts(notification)
  const listed = others.map(other => (other.startsWith('+') ? other : `- ${escapeMarkdown(other)}`))
  const linked = links.map(({ text, href }) => `[${escapeMarkdown(text)}](${href})`).join(' · ')
  const description = [...[reason, ...lines].filter(Boolean).map(escapeMarkdown), listed.join('\n'), trend, escapeMarkdown(figures), linked]
  const [firstLink] = links
  return fitAlerts(alerts.slice(0, 50).map(boundedAlert), INCIDENT_IO_BYTES, kept => ({
    title,
    status,
    deduplication_key: groupId(group_key),
    description: description.filter(Boolean).join('\n\n'),
    ...(firstLink && { source_url: firstLink.href }),
    metadata: { severity, message_id: notification.id, reason: notification.reason, group_labels, alerts_total, alerts: kept },
  }))
}

/** Builds the receiver. */
export function buildIncidentIoReceiver(entry: EntryOf<'incident-io'>, deps: ReceiverDeps): Receiver {
  return buildHttpReceiver(entry, deps, (notification, secretOf) => ({
    url: secretOf(entry.url),
    body: incidentIoBody(notification),
    headers: { authorization: `Bearer ${secretOf(entry.token)}` },
  }))
}

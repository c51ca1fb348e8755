/** The shape of Alertmanager's webhooks, version 4, for whatever reads it (prometheus/alertmanager, notify/webhook, template.Data). */
import { boundedAlert, fitAlerts } from '../message/fit-alerts.ts'
import type { Notification, NotifiedAlert, Reason } from '../notification.ts'
import { alertmanagerAnnotations, alertmanagerLabels } from './alertmanager.ts'
import { buildHttpReceiver, type EntryOf, type ReceiverDeps } from './http-receiver.ts'
import type { Receiver } from './receiver.ts'

/** What receivers of this shape (incident.io, PagerDuty) take at most. */
export const ALERTMANAGER_WEBHOOK_BYTES = 512_000
/** Alertmanager writes this for "has not ended". */
const NEVER = '0001-01-01T00:00:00Z'

/** Alertmanager's words, and ours where it has none. */
const REASONS: Readonly<Record<Reason, string>> = {
  first: 'first notification',
  more: 'new alerts added',
  some_resolved: 'some alerts resolved',
  resolved: 'all alerts resolved',
  repeat: 'repeat interval elapsed',
  escalated: 'escalated',
  test: 'test',
  heartbeat: 'heartbeat',
}

/** The body; of too many alerts the first, the rest is counted in `truncatedAlerts`. */
export function alertmanagerWebhookBody(notification: Notification, receiver: string, publicUrl: string | null): string {
  const { alerts, alerts_total, group_key, group_labels, status, reason } = notification
  const [link] = notification.links
  return fitAlerts(alerts.slice(0, 1_000).map(boundedAlert), ALERTMANAGER_WEBHOOK_BYTES, kept => {
    const labels = kept.map(alertmanagerLabels)
    const annotations = kept.map(alertmanagerAnnotations)
    return {
      version: '4',
      groupKey: group_key,
      truncatedAlerts: Math.max(0, alerts_total - kept.length),
      status,
      receiver,
      notification_reason: REASONS[reason],
      groupLabels: group_labels,
      commonLabels: common(labels),
      commonAnnotations: common(annotations),
      externalURL: publicUrl ?? '',
      alerts: kept.map((alert, index) => ({
        status: alert.status,
        labels: labels[index],
        annotations: annotations[index],
        startsAt: new Date(alert.since_ms).toISOString(),
        endsAt: endOf(alert),
        generatorURL: link?.href ?? '',
        fingerprint: alert.fingerprint,
      })),
    }
  })
}

function endOf({ status, until_ms }: NotifiedAlert): string {
  return status === 'firing' || until_ms === null ? NEVER : new Date(until_ms).toISOString()
}

/** What all of them have, with the same value. */
function common(sets: readonly Record<string, string>[]): Record<string, string> {
  const [first, ...others] = sets
  return Object.fromEntries(Object.entries(first ?? {}).filter(([key, value]) => others.every(other => other[key] === value)))
}

/** Builds the receiver. */
export function buildAlertmanagerWebhookReceiver(entry: EntryOf<'alertmanager-webhook'>, deps: ReceiverDeps): Receiver {
  return buildHttpReceiver(entry, deps, (notification, secretOf) => ({
    url: secretOf(entry.url),
    body: alertmanagerWebhookBody(notification, entry.name, deps.publicUrl),
    headers: entry.authorization === undefined ? {} : { authorization: secretOf(entry.authorization) },
  }))
}

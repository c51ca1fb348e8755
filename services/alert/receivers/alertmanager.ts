/** Prometheus Alertmanager, API v2: `POST /api/v2/alerts` (prometheus/alertmanager, api/v2/openapi.yaml). */
import { durationMs } from '../config/durations.ts'
import { boundedAlert } from '../message/fit-alerts.ts'
import type { Notification, NotifiedAlert } from '../notification.ts'
import { buildHttpReceiver, type EntryOf, type ReceiverDeps } from './http-receiver.ts'
import type { Receiver } from './receiver.ts'

/** As Prometheus sends again what still fires (`--rules.alert.resend-delay`). */
export const DEFAULT_RESEND = '1m'
/** Prometheus lets an alert end by itself after four missed tellings. */
const TELLINGS_TO_LIVE = 4

/** An alert as both shapes of Alertmanager name it: its labels are its identity, so nothing that changes is among them. */
export function alertmanagerLabels({ rule, severity, labels }: NotifiedAlert): Record<string, string> {
  const own = Object.entries(labels).map(([name, value]) => [labelName(name), value.toWellFormed()])
  return Object.fromEntries([...own, ['alertname', rule], ['severity', severity]].filter(([, value]) => value !== ''))
}

/** What changes about an alert. */
export function alertmanagerAnnotations(alert: NotifiedAlert): Record<string, string> {
  const { summary, description, runbook_url, value } = alert
  return Object.fromEntries(
    Object.entries({
      summary,
      description,
      runbook_url: runbook_url ?? '',
      value: value === null ? '' : String(value),
    }).filter(([, text]) => text !== ''),
  )
}

/** Alertmanager takes names of letters, digits and `_` whatever its version. */
function labelName(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d|$)/, '_')
}

/**
 * The alerts. One that fires ends by itself `resendEveryMs` × 4 after `nowMs` unless it is told again; one that is over has the moment at
 * which it ended.
 */
export function alertmanagerBody(notification: Notification, nowMs: number, resendEveryMs: number): string {
  const [link] = notification.links
  return JSON.stringify(
    notification.alerts.map(boundedAlert).map(alert => {
      const endsMs = alert.status === 'firing' ? nowMs + TELLINGS_TO_LIVE * resendEveryMs : (alert.until_ms ?? notification.decided_at_ms)
      return {
        labels: alertmanagerLabels(alert),
        annotations: alertmanagerAnnotations(alert),
        startsAt: new Date(alert.since_ms).toISOString(),
        endsAt: new Date(Math.max(endsMs, alert.since_ms + 1)).toISOString(),
        ...(link && URL.canParse(link.href) && { generatorURL: link.href }),
      }
    }),
  )
}

/** Builds the receiver; it has to be told again and again while a group fires. */
export function buildAlertmanagerReceiver(entry: EntryOf<'alertmanager'>, deps: ReceiverDeps): Receiver {
  const resendEveryMs = durationMs(entry.resend_every ?? DEFAULT_RESEND)
  const receiver = buildHttpReceiver(entry, deps, (notification, secretOf) => ({
    url: `${secretOf(entry.url).replace(/\/+$/, '')}/api/v2/alerts`,
    body: alertmanagerBody(notification, deps.now(), resendEveryMs),
    headers: entry.authorization === undefined ? {} : { authorization: secretOf(entry.authorization) },
  }))
  return { ...receiver, resendEveryMs }
}

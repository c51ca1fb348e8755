/** JSON over HTTP, signed as Standard Webhooks 1.0 says (github.com/standard-webhooks/standard-webhooks, spec). */
import { createHmac } from 'node:crypto'
import { boundedAlert, fitAlerts } from '../message/fit-alerts.ts'
import type { Notification } from '../notification.ts'
import { buildHttpReceiver, type EntryOf, type ReceiverDeps } from './http-receiver.ts'
import type { Receiver } from './receiver.ts'

/** "Payloads should ideally be under 20 kB" (specification). */
export const WEBHOOK_BYTES = 20_000

/** The body: `type` weir.alert.firing, .resolved, .test or .heartbeat, `timestamp`, `data` the message. Of too many alerts the first. */
export function webhookBody(notification: Notification): string {
  const { reason, status, alerts, decided_at_ms, ...message } = notification
  const type = `weir.alert.${reason === 'test' || reason === 'heartbeat' ? reason : status}`
  const timestamp = new Date(decided_at_ms).toISOString()
  return fitAlerts(alerts.slice(0, 200).map(boundedAlert), WEBHOOK_BYTES, kept => ({
    type,
    timestamp,
    data: { reason, status, ...message, decided_at_ms, alerts: kept },
  }))
}

/** The headers that Standard Webhooks asks for; `atMs`: of this very try. Throws TypeError for a key that is none. */
export function signatureHeaders(id: string, body: string, keys: readonly string[], atMs: number): Record<string, string> {
  const timestamp = Math.floor(atMs / 1_000)
  const sign = (key: string) => createHmac('sha256', keyBytes(key)).update(`${id}.${timestamp}.${body}`).digest('base64')
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': keys.map(key => `v1,${sign(key)}`).join(' '),
  }
}

function keyBytes(key: string): Buffer {
  const bytes = Buffer.from(key.replace(/^whsec_/, ''), 'base64')
  if (!/^(whsec_)?[A-Za-z0-9+/]+=*$/.test(key) || bytes.length < 24 || bytes.length > 64)
    throw new TypeError('a key of Standard Webhooks is whsec_ and 24 to 64 bytes in base64')
  return bytes
}

/** Builds the receiver. */
export function buildWebhookReceiver(entry: EntryOf<'webhook'>, deps: ReceiverDeps): Receiver {
  return buildHttpReceiver(entry, deps, (notification, secretOf) => {
    const body = webhookBody(notification)
    const keys = entry.secrets.map(secretOf)
    return { url: secretOf(entry.url), body, headers: signatureHeaders(notification.id, body, keys, deps.now()) }
  })
}

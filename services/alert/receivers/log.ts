import { plainText } from '../message/message-parts.ts'
import type { Notification } from '../notification.ts'
import type { EntryOf, ReceiverDeps } from './http-receiver.ts'
import type { Receiver } from './receiver.ts'

/** The fields of a line of the log. */
function logFields(notification: Notification, receiver: string): object {
  const { id, reason, status, severity, group_key, alerts_total } = notification
  return { alert: { receiver, id, reason, status, severity, group_key, alerts_total, text: plainText(notification) } }
}

/** Builds the receiver that is always there: one line of the log a message, warn while something fires, else info. */
export function buildLogReceiver(entry: EntryOf<'log'>, deps: ReceiverDeps): Receiver {
  return {
    name: entry.name,
    kind: entry.kind,
    async send(notification) {
      const isLoud = notification.status === 'firing' && !['test', 'heartbeat'].includes(notification.reason)
      deps.logger[isLoud ? 'warn' : 'info'](logFields(notification, entry.name), notification.title)
      return { outcome: 'delivered', status: null, detail: 'written to the log' }
    },
  }
}

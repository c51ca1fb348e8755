/** Mail over SMTP. */
import { createTransport } from 'nodemailer'
import { SECOND } from '../../platform/clock.ts'
import { mailHtml } from '../message/mail-html.ts'
import { messageParts, plainText } from '../message/message-parts.ts'
import type { Notification } from '../notification.ts'
import { POST_TIMEOUT_MS } from '../sending/post.ts'
import type { EntryOf, ReceiverDeps } from './http-receiver.ts'
import { groupId } from './pagerduty.ts'
import type { DeliveryOutcome, Receiver } from './receiver.ts'

const SUBMISSION_PORT = 587
/** TLS from the start (RFC 8314). */
const TLS_PORT = 465

/** A mail, as nodemailer takes it. */
export interface Mail {
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly messageId: string
  readonly references: string
  readonly inReplyTo: string
  readonly headers: Readonly<Record<string, string>>
}

/**
 * The mail. `Message-ID` stays on every retry; all mails of a group refer to one that never was, which makes mail programs show them as one
 * thread. Nobody's absence assistant answers it (RFC 3834).
 */
export function buildMail(notification: Notification, { from, to }: { from: string; to: readonly string[] }): Mail {
  const domain = /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? 'weir.invalid'
  const thread = `<weir-${groupId(notification.group_key)}@${domain}>`
  const isUrgent = notification.severity === 'page' && notification.status === 'firing'
  return {
    from,
    to,
    subject: messageParts(notification).title,
    text: plainText(notification),
    html: mailHtml(notification),
    messageId: `<${notification.id}@${domain}>`,
    references: thread,
    inReplyTo: thread,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      ...(isUrgent && { Importance: 'high', 'X-Priority': '1' }),
    },
  }
}

/** Builds the receiver: one connection a mail, over TLS unless it was allowed to do without. */
export function buildEmailReceiver(entry: EntryOf<'email'>, deps: ReceiverDeps): Receiver {
  return {
    name: entry.name,
    kind: entry.kind,
    async send(notification, signal) {
      let transport: ReturnType<typeof openTransport>
      try {
        transport = openTransport(entry, deps)
      } catch {
        return { outcome: 'retry', status: null, detail: 'a secret of the receiver cannot be read' }
      }
      const ends = AbortSignal.any([signal, AbortSignal.timeout(POST_TIMEOUT_MS)])
      const { to, ...mail } = buildMail(notification, entry)
      try {
        return delivered(await transport.sendMail({ ...mail, to: [...to], signal: ends }))
      } catch (error) {
        return ends.aborted ? { outcome: 'retry', status: null, detail: signal.aborted ? 'stopped' : 'no answer in time' } : failed(error)
      }
    },
  }
}

function openTransport(entry: EntryOf<'email'>, { readSecret }: ReceiverDeps) {
  const port = entry.port ?? SUBMISSION_PORT
  const needsTls = entry.plain_text_connection !== true
  return createTransport({
    host: entry.host,
    port,
    secure: port === TLS_PORT,
    requireTLS: needsTls && port !== TLS_PORT,
    ...(entry.user !== undefined &&
      entry.password !== undefined && { auth: { user: readSecret(entry.user), pass: readSecret(entry.password) } }),
    connectionTimeout: POST_TIMEOUT_MS,
    greetingTimeout: POST_TIMEOUT_MS,
    socketTimeout: POST_TIMEOUT_MS,
    socketCloseTimeout: SECOND,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

function delivered({ rejected }: { rejected?: readonly unknown[] }): DeliveryOutcome {
  const refused = rejected?.length ?? 0
  return { outcome: 'delivered', status: 250, detail: refused === 0 ? 'accepted' : `accepted, but for ${refused} of the addresses` }
}

/** A reply 5yz is final (RFC 5321 §4.2.1), but a login or TLS may be put right; what failed before a reply may go better later. */
function failed(error: unknown): DeliveryOutcome {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown }
  const status = typeof responseCode === 'number' ? responseCode : null
  const name = typeof code === 'string' && /^[A-Z_]{1,40}$/.test(code) ? code : 'unknown'
  const isFinal = status !== null && status >= 500 && name !== 'EAUTH' && name !== 'ETLS'
  return {
    outcome: isFinal ? 'refused' : 'retry',
    status,
    detail: status === null ? `the mail server could not be used (${name})` : `the mail server answered ${status} (${name})`,
  }
}

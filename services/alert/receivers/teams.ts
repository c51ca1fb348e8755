/**
 * Microsoft Teams by a Workflows webhook ("When a Teams webhook request is received"): an adaptive card in a message
 * (learn.microsoft.com, connectors/teams, adaptivecards.io schema 1.4).
 */
import { escapeMarkdown } from '../message/escape-markdown.ts'
import { messageParts } from '../message/message-parts.ts'
import type { Notification } from '../notification.ts'
import { buildHttpReceiver, type EntryOf, type ReceiverDeps } from './http-receiver.ts'
import type { Receiver } from './receiver.ts'

/** A message has at most 28 kB, which Teams counts in UTF-16 (two bytes a unit). */
export const TEAMS_UNITS = 14_000
/** A card shows six actions. */
const MOST_ACTIONS = 6

/** The body. Text blocks read a part of Markdown: all of it is escaped. Parts are dropped from the end until it is short enough. */
export function teamsBody(notification: Notification): string {
  const { title, reason, lines, others, trend, figures, links, id } = messageParts(notification)
  const colour = notification.status === 'resolved' ? 'Good' : notification.severity === 'page' ? 'Attention' : 'Warning'
  const blocks = [
    block(title, { size: 'Large', weight: 'Bolder', style: 'heading', color: colour }),
    ...[reason, ...lines].filter(Boolean).map(line => block(line)),
    ...others.map(other => block(other.startsWith('+') ? other : `• ${other}`)),
    ...(trend === '' ? [] : [block(trend, { fontType: 'Monospace' })]),
  ]
  const end = block(`${figures} · message ${id}`, { size: 'Small', isSubtle: true })
  const actions = links.slice(0, MOST_ACTIONS).map(({ text, href }) => ({ type: 'Action.OpenUrl', title: text, url: href }))
  for (let kept = blocks.length; ; kept--) {
    const body = cardMessage([...blocks.slice(0, kept), end], kept > 1 ? actions : [])
    if (body.length <= TEAMS_UNITS || kept <= 1) return body
  }
}

function block(text: string, more: object = {}): object {
  return { type: 'TextBlock', text: escapeMarkdown(text), wrap: true, ...more }
}

function cardMessage(body: readonly object[], actions: readonly object[]): string {
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body,
    actions,
    msteams: { width: 'Full' },
  }
  return JSON.stringify({
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  })
}

/** Builds the receiver. */
export function buildTeamsReceiver(entry: EntryOf<'teams'>, deps: ReceiverDeps): Receiver {
  return buildHttpReceiver(entry, deps, (notification, secretOf) => ({
    url: secretOf(entry.url),
    body: teamsBody(notification),
    headers: { 'content-type': 'application/json; charset=utf-8' },
  }))
}

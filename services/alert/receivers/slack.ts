/** A Slack incoming webhook with blocks (docs.slack.dev, "Block Kit" reference; limits of each block stand beside it). */
import { type MessageParts, messageParts } from '../message/message-parts.ts'
import type { Notification } from '../notification.ts'
import { buildHttpReceiver, type EntryOf, type ReceiverDeps } from './http-receiver.ts'
import type { Receiver } from './receiver.ts'

/** A section has at most 3,000 characters, a header 150. All blocks together fail from about 13,000 on: parts end well before. */
const MOST_SECTION = 2_900

const SIGNS = { page: '🔴', ticket: '🟠', info: '🔵' } as const

/**
 * The body. Everything that somebody else may have chosen stands in `plain_text`, in which nothing is a mention, a link or markup; the
 * links alone are mrkdwn, with their text escaped.
 */
export function slackBody(notification: Notification): string {
  const parts = messageParts(notification)
  const sign = notification.status === 'resolved' ? '🟢' : SIGNS[notification.severity]
  return JSON.stringify({
    text: `${sign} ${escaped(parts.title)}`,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [header(`${sign} ${parts.title}`), ...sections(parts), ...footer(parts)],
  })
}

function header(title: string): object {
  return { type: 'header', text: plain(title, 150) }
}

function sections({ reason, lines, others, trend }: MessageParts): object[] {
  const text = [reason, ...lines].filter(Boolean).join('\n')
  const list = others.map(other => (other.startsWith('+') ? other : `• ${other}`)).join('\n')
  return [text, list, trend].filter(Boolean).map(one => ({ type: 'section', text: plain(one, MOST_SECTION) }))
}

function footer({ links, figures, id }: MessageParts): object[] {
  const linked = links.map(({ text, href }) => `<${href}|${escaped(text)}>`).join(' · ')
  return [
    ...(linked === ''
      ? []
      : [{ type: 'section', text: { type: 'mrkdwn', text: linked.length <= MOST_SECTION ? linked : shortest(links) } }]),
    { type: 'context', elements: [plain(figures, 1_000), plain(`message ${id}`, 100)] },
  ]
}

/** As many links as have room; an address is never cut. */
function shortest(links: MessageParts['links']): string {
  let line = ''
  for (const { text, href } of links) {
    const next = `${line}${line === '' ? '' : ' · '}<${href}|${escaped(text)}>`
    if (next.length > MOST_SECTION) break
    line = next
  }
  return line === '' ? 'no links' : line
}

function plain(text: string, most: number): object {
  return { type: 'plain_text', text: text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`, emoji: false }
}

/** Slack reads `&`, `<` and `>` alone as signs; a joiner keeps `@channel` and its like from being read as a mention anywhere. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[@#]/g, sign => `${sign}\u2060`)
}

/** Builds the receiver. */
export function buildSlackReceiver(entry: EntryOf<'slack'>, deps: ReceiverDeps): Receiver {
  return buildHttpReceiver(entry, deps, (notification, secretOf) => ({
    url: secretOf(entry.url),
    body: slackBody(notification),
    headers: {},
  }))
}

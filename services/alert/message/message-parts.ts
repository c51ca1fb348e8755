/**
 * What a person reads, in the order in which it helps: the title, which suffices on a watch; why, what was done already and what to do
 * first; who else; the figures behind it; where to go on. Every receiver for people lays these parts out, none adds any.
 */
import { durationText } from '../config/durations.ts'
import type { Notification, NotificationLink, NotifiedAlert, Reason } from '../notification.ts'
import { safeLine, safeLines } from './safe-text.ts'
import { figure, sparkline } from './sparkline.ts'

/** The parts of a message. All text is safe and of bounded length; it is plain text, not yet escaped for whatever shows it. */
export interface MessageParts {
  /** One line of at most 150 characters. */
  readonly title: string
  /** Why it was sent, where that is not plain. */
  readonly reason: string
  /** Cause with evidence, what was done, what to do first: at most 2,000 characters. */
  readonly lines: readonly string[]
  /** The next alerts in a line each, at most four beside the first, then "+17 more". */
  readonly others: readonly string[]
  /** Sample, value and threshold, since, settled until: one line. */
  readonly figures: string
  /** A chart of one line, or empty. */
  readonly trend: string
  /** The runbook first; addresses of http and https alone. */
  readonly links: readonly NotificationLink[]
  /** Tells copies of one message apart from another message. */
  readonly id: string
}

/** At most so many are named; then "+17 more". */
export const MOST_NAMED = 5
const MOST_TITLE = 150
const MOST_LINES = 2_000
const MOST_OF_OTHER = 200
const MOST_LINKS = 6

const REASONS: Readonly<Record<Reason, string>> = {
  first: '',
  more: 'More joined since the last message.',
  some_resolved: 'Some of it is over, the rest goes on.',
  resolved: 'All of it is over.',
  repeat: 'Nothing new: it still goes on.',
  escalated: 'Sent here because who was to be told first could not be reached.',
  test: 'A test: nothing is wrong.',
  heartbeat: 'Alerting is well; when this stops coming, it is not.',
}

/** The parts of a message. Pure. */
export function messageParts(notification: Notification): MessageParts {
  const [first, ...rest] = notification.alerts
  return {
    title: safeLine(notification.title, MOST_TITLE),
    reason: REASONS[notification.reason],
    lines: linesOf(first, notification.status),
    others: othersOf(rest, notification.alerts_total),
    figures: figuresOf(notification, first),
    trend: sparkline(notification.trend),
    links: linksOf(notification, first),
    id: notification.id,
  }
}

/** All of a message as plain text, for the log, a terminal and the text part of a mail. */
export function plainText(notification: Notification): string {
  const { title, reason, lines, others, figures, trend, links, id } = messageParts(notification)
  const named = links.map(({ text, href }) => `${text}: ${href}`)
  return [title, reason, ...lines, ...others.map(other => `- ${other}`), trend, figures, ...named, `message ${id}`]
    .filter(Boolean)
    .join('\n')
}

/** Of what is over the cause alone: nothing is to be done any more. */
function linesOf(first: NotifiedAlert | undefined, status: Notification['status']): readonly string[] {
  const lines = first === undefined ? [] : safeLines(first.description, MOST_LINES)
  return status === 'resolved' ? lines.slice(0, 1) : lines
}

function othersOf(rest: readonly NotifiedAlert[], total: number): string[] {
  const named = rest.slice(0, MOST_NAMED - 1)
  const left = total - named.length - 1
  const lines = named.map(({ status, summary }) => safeLine(`${status === 'resolved' ? 'over: ' : ''}${summary}`, MOST_OF_OTHER))
  return left > 0 ? [...lines, `+${left.toLocaleString('en')} more`] : lines
}

function figuresOf(notification: Notification, first: NotifiedAlert | undefined): string {
  const { since_ms, decided_at_ms, settled_until_ms, status, alerts_total, alerts } = notification
  const endedMs = alerts.reduce((latest, { until_ms }) => Math.max(latest, until_ms ?? 0), 0) || decided_at_ms
  const lasted = durationText(Math.max(0, endedMs - since_ms))
  const parts = [
    first?.value === undefined || first.value === null || status === 'resolved'
      ? ''
      : `value ${figure(first.value)}${first.threshold === null ? '' : `, threshold ${figure(first.threshold)}`}`,
    first === undefined || first.sample === 0 || status === 'resolved' ? '' : `n ${first.sample.toLocaleString('en')}`,
    status === 'resolved' ? `lasted ${lasted}, from ${utc(since_ms)} to ${utc(endedMs)}` : `since ${utc(since_ms)}`,
    alerts_total > 1 ? `${alerts_total.toLocaleString('en')} alerts` : '',
    settled_until_ms === null ? 'nothing is settled' : `settled until ${utc(settled_until_ms)}`,
    runbookOf(first),
  ]
  return parts.filter(Boolean).join(' · ')
}

/** Runbooks that come with Weir are named by their file; others are links. */
function runbookOf(first: NotifiedAlert | undefined): string {
  const name = first?.runbook_url ?? ''
  return /^[a-z][a-z0-9-]*$/.test(name) ? `runbook docs/runbooks/${name}.md` : ''
}

/** `2026-11-28 10:05 UTC`, to the minute. */
function utc(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

function linksOf({ links }: Notification, first: NotifiedAlert | undefined): NotificationLink[] {
  const runbook = first?.runbook_url ? [{ text: 'Runbook', href: first.runbook_url }] : []
  return [...runbook, ...links].flatMap(safeLink).slice(0, MOST_LINKS)
}

/** A link that any receiver can show: http(s), without signs that end an address in some markup. */
function safeLink({ text, href }: NotificationLink): NotificationLink[] {
  const url = URL.parse(href)
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.href.length > 2_000) return []
  const escaped = url.href.replace(/[|<>()'"\\`\s]/g, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
  return [{ text: safeLine(text, 60), href: escaped }]
}

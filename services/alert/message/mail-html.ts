/** The HTML part of a mail: what mail programs of any age show, without images, scripts or addresses that are fetched. */
import type { Notification } from '../notification.ts'
import { messageParts } from './message-parts.ts'
import { columnsOf } from './sparkline.ts'

const COLOURS = { page: '#b42318', ticket: '#b54708', info: '#175cd3' } as const
const OVER = '#067647'
const CHART_COLUMNS = 40
const CHART_PX = 40

/**
 * The whole document. Text is escaped. Sentences run from left to right, whatever name they begin with: names that do not are isolated.
 */
export function mailHtml(notification: Notification): string {
  const { title, reason, lines, others, trend, figures, links, id } = messageParts(notification)
  const colour = notification.status === 'resolved' ? OVER : COLOURS[notification.severity]
  const paragraphs = [reason, ...lines].filter(Boolean).map(line => `<p style="margin:0 0 8px">${escapeHtml(line)}</p>`)
  const items = others.map(other => `<li>${escapeHtml(other)}</li>`).join('')
  const linked = links.map(({ text, href }) => `<a href="${escapeHtml(href)}">${escapeHtml(text)}</a>`).join(' · ')
  return [
    '<!doctype html><html lang="en" dir="ltr"><head><meta charset="utf-8"><title>',
    `${escapeHtml(title)}</title></head><body style="font:14px/1.45 system-ui,sans-serif;color:#1d2939;margin:16px">`,
    `<h1 style="font-size:18px;margin:0 0 12px;padding-left:10px;border-left:6px solid ${colour}">${escapeHtml(title)}</h1>`,
    ...paragraphs,
    items === '' ? '' : `<ul style="margin:0 0 8px;padding-left:20px">${items}</ul>`,
    trend === '' ? '' : chart(notification, trend, colour),
    `<p style="margin:8px 0;color:#475467">${escapeHtml(figures)}</p>`,
    linked === '' ? '' : `<p style="margin:8px 0">${linked}</p>`,
    `<p style="margin:8px 0;color:#667085;font-size:12px">message ${escapeHtml(id)}</p></body></html>`,
  ].join('')
}

/** Bars as cells of a table, since mail programs leave SVG out; what it shows is said in words as well. */
function chart({ trend }: Notification, words: string, colour: string): string {
  const bars = columnsOf(trend, CHART_COLUMNS).map(height => {
    const px = height === null ? 0 : Math.max(1, Math.round(height * CHART_PX))
    return `<td style="vertical-align:bottom;padding:0 1px"><div style="width:5px;height:${px}px;background:${colour}"></div></td>`
  })
  const said = escapeHtml(words.slice(words.indexOf(' ') + 1))
  return [
    `<table role="img" aria-label="${said}" style="border-collapse:collapse;height:${CHART_PX}px"><tr>${bars.join('')}</tr></table>`,
    `<p style="margin:2px 0 8px;color:#475467">${said}</p>`,
  ].join('')
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, sign => ENTITIES[sign] ?? sign)
}

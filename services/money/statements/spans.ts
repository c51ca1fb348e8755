import type { Terms } from '../terms/terms.ts'
import { buildCalendar } from './billing-month.ts'

/** From start (inclusive) to end (exclusive), ms; whole minutes. */
export interface Span {
  start_ms: number
  end_ms: number
}

/** Spans in order, those that touch or overlap put together: no minute is in two of them. */
export function disjoint(spans: readonly Span[]): Span[] {
  const merged: Span[] = []
  for (const span of spans.toSorted((a, b) => a.start_ms - b.start_ms)) {
    const last = merged.at(-1)
    if (last && span.start_ms <= last.end_ms) last.end_ms = Math.max(last.end_ms, span.end_ms)
    else merged.push({ ...span })
  }
  return merged
}

/** A month in every zone that the terms and `zones` name, together: what must be settled for it. */
export function spanOf(month: string, terms: Terms, zones: readonly string[] = []): Span {
  const monthOf = buildCalendar(month)
  const months = [...new Set([terms.time_zone, ...terms.tenants.map(tenant => tenant.time_zone), ...zones])].map(monthOf)
  return { start_ms: Math.min(...months.map(one => one.start_ms)), end_ms: Math.max(...months.map(one => one.end_ms)) }
}

/**
 * Allocation periods: how a span is cut so that in each of them one rate, one exchange rate and one billing month of every tenant holds.
 */

import { DateTime } from 'luxon'
import { HOUR } from '../../platform/clock.ts'
import type { PoolTerms, Terms, Validity } from '../terms/terms.ts'

/** From start (inclusive) to end (exclusive), ms since 1970 UTC. */
export interface Span {
  start_ms: number
  end_ms: number
}

/**
 * Instants, ascending, at which every pool's periods are cut beside whole UTC hours: billing months of all listed tenants and of the
 * document's own zone, and exchange rates. `span`: cuts of the hours that it touches.
 */
export function commonCuts(span: Span, terms: Pick<Terms, 'tenants' | 'time_zone' | 'exchange_rates'>): number[] {
  const zones = new Set([terms.time_zone, ...terms.tenants.map(tenant => tenant.time_zone)])
  const cuts = [...zones].flatMap(zone => monthStarts(wholeHours(span), zone))
  return ascending([...cuts, ...terms.exchange_rates.map(rate => rate.valid_from_ms)])
}

/**
 * Periods of a pool that overlap the span, whole and in order: UTC hours, cut at `cuts` and where a rate, overhead or reservation of the
 * pool begins or ends. They do not depend on the span, so that every question about a period gets the same answer: the first may begin
 * before the span, the last end after it.
 */
export function allocationPeriods(span: Span, pool: PoolTerms, cuts: readonly number[]): Span[] {
  const { start_ms, end_ms } = wholeHours(span)
  const instants = new Set<number>(cuts)
  const validities: readonly Validity[] = [...pool.rates, ...pool.overheads, ...pool.reservations]
  for (const { valid_from_ms, valid_to_ms } of validities) {
    instants.add(valid_from_ms)
    if (valid_to_ms !== null) instants.add(valid_to_ms)
  }
  for (let hour = start_ms; hour <= end_ms; hour += HOUR) instants.add(hour)
  const within = ascending(instants).filter(at => at >= start_ms && at <= end_ms)
  const periods = within.slice(1).map((end, index): Span => ({ start_ms: within[index] as number, end_ms: end }))
  return periods.filter(period => period.end_ms > span.start_ms && period.start_ms < span.end_ms)
}

function wholeHours({ start_ms, end_ms }: Span): Span {
  return { start_ms: Math.floor(start_ms / HOUR) * HOUR, end_ms: Math.ceil(end_ms / HOUR) * HOUR }
}

function monthStarts({ start_ms, end_ms }: Span, zone: string): number[] {
  const starts: number[] = []
  let month = DateTime.fromMillis(start_ms, { zone }).startOf('month')
  while (month.toMillis() <= end_ms) {
    if (month.toMillis() >= start_ms) starts.push(month.toMillis())
    month = month.plus({ months: 1 }).startOf('month')
  }
  return starts
}

function ascending(instants: Iterable<number>): number[] {
  return [...new Set(instants)].sort((a, b) => a - b)
}

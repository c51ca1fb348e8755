import type { Terms } from '../terms/terms.ts'

/** A period, ms since 1970 UTC, `end_ms` exclusive. Whole minutes. */
export interface Period {
  start_ms: number
  end_ms: number
}

/** Instants that a period is cut at, ascending, the first its start: nothing that decides an amount changes between two of them. */
export function buildCuts(period: Period, instants: Iterable<number>): number[] {
  const inside = new Set([period.start_ms])
  for (const instant of instants) if (instant > period.start_ms && instant < period.end_ms) inside.add(instant)
  return [...inside].sort((a, b) => a - b)
}

/** When an agreed price or an exchange rate of the terms begins or ends, in no order. */
export function termsCuts(terms: Pick<Terms, 'rate_cards' | 'exchange_rates'>): number[] {
  const rated = terms.rate_cards.flatMap(card => card.terms).flatMap(term => [term.valid_from_ms, term.valid_to_ms ?? term.valid_from_ms])
  return [...rated, ...terms.exchange_rates.map(rate => rate.valid_from_ms)]
}

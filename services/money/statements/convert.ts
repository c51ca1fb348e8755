import { multiply } from '../decimal.ts'
import { exchangeRateAt } from '../terms/exchange-rate.ts'
import type { Terms } from '../terms/terms.ts'
import type { Convert } from './allocated-details.ts'

/** Conversion at the rates of the terms. The function throws EXCHANGE_RATE_MISSING where they have none. */
export function buildConvert(terms: Pick<Terms, 'exchange_rates'>): Convert {
  return (amount, from, to, atMs) => {
    const rate = exchangeRateAt(terms.exchange_rates, from, to, atMs)
    return { amount: from === to ? amount : multiply(amount, rate), rate }
  }
}

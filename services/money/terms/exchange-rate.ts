import { AppError } from '../../platform/errors.ts'
import { type Decimal, parseDecimal } from '../decimal.ts'
import type { ExchangeRate } from './terms.ts'

const ONE = parseDecimal('1')

/**
 * What one unit of `from` is worth in units of `to` at a time (ms since 1970): the rate with the latest start that is not after it, 1 for
 * one and the same currency. Inverse and chained rates are not derived: whoever states rates decides how they round. EXCHANGE_RATE_MISSING
 * when there is none.
 */
export function exchangeRateAt(rates: readonly ExchangeRate[], from: string, to: string, atMs: number): Decimal {
  if (from === to) return ONE
  let latest: ExchangeRate | undefined
  for (const rate of rates) {
    if (rate.from !== from || rate.to !== to || rate.valid_from_ms > atMs) continue
    if (latest === undefined || rate.valid_from_ms > latest.valid_from_ms) latest = rate
  }
  if (latest) return latest.rate
  throw new AppError(
    'EXCHANGE_RATE_MISSING',
    `There is no exchange rate from ${from} to ${to} at ${new Date(atMs).toISOString()}: add one to exchange_rates of the billing ` +
      `terms, valid from then or earlier.`,
  )
}

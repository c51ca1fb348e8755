/** What the tokens of a pool would have cost at a provider. */
import { add, type Decimal, multiply, parseDecimal } from '../decimal.ts'
import { priceOfKind } from '../price-book/price-bands.ts'
import { type PriceBook, resolvePrices } from '../price-book/resolve.ts'
import { exchangeRateAt } from '../terms/exchange-rate.ts'
import type { PoolTerms } from '../terms/terms.ts'
import type { PoolMoney } from './period-cost.ts'
import type { MeasuredPeriod } from './read-pool-use.ts'

/**
 * The period's tokens at the list prices, in force at its start, of the model that the pool's terms compare with, in the currency of
 * `money`. Standard tier, and the base price: sums do not tell which requests would have reached a context threshold. null: no comparison
 * is asked for, or a kind that was used has no price. EXCHANGE_RATE_MISSING: see exchangeRateAt.
 */
export function comparedCost(
  { period, quantities }: Pick<MeasuredPeriod, 'period' | 'quantities'>,
  { compare_with }: Pick<PoolTerms, 'compare_with'>,
  prices: PriceBook,
  money: PoolMoney,
): Decimal | null {
  if (compare_with === null) return null
  const { provider, model } = compare_with
  const bands = resolvePrices(prices, { provider, request_model: model, response_model: '', service_tier: '', region: '' })
  const band = bands.find(
    ({ min_input_tokens, valid_from_ms, valid_to_ms }) =>
      min_input_tokens === 0 && valid_from_ms <= period.start_ms && (valid_to_ms === null || valid_to_ms > period.start_ms),
  )
  if (band === undefined) return null
  const costs = [...quantities]
    .filter(([, quantity]) => quantity > 0n)
    .map(([kind, quantity]) => {
      const price = priceOfKind(band, kind)
      return price === null ? null : multiply(parseDecimal(price), quantity)
    })
  if (costs.includes(null)) return null
  const cost = add(...costs.filter(one => one !== null))
  return multiply(cost, exchangeRateAt(money.exchange_rates, band.currency, money.currency, period.start_ms))
}

/** What a charged quantity would have cost as another kind of token. All prices come from the book and the terms; nothing is read. */
import type { Charge } from '../../money/charges/charge.ts'
import { rateCharges } from '../../money/charges/rate-charges.ts'
import { type Decimal, divide, multiply, parseDecimal } from '../../money/decimal.ts'
import { type PriceBand, priceOfKind } from '../../money/price-book/price-bands.ts'
import { type PriceBook, resolvePrices } from '../../money/price-book/resolve.ts'
import type { Terms } from '../../money/terms/terms.ts'

/**
 * The charge as if its quantity were of `kind`, rated by the same terms; undefined: the charge or that kind has no price. Modifiers of the
 * price multiply both kinds alike, so the list price keeps its proportion to the book's.
 */
export function asOtherKind(charge: Charge, kind: string, { book, terms }: { book: PriceBook; terms: Terms }): Charge | undefined {
  const { list_unit_price } = charge
  if (list_unit_price === null || charge.price_key === '') return undefined
  const band = bandOf(charge, book)
  const [own, other] = [priceOf(band, charge.token_kind), priceOf(band, kind)]
  if (own === null || other === null) return undefined
  const price = own === list_unit_price ? other : own === 0n ? undefined : divide(multiply(list_unit_price, other), own)
  if (price === undefined) return undefined
  const quantity = { ...charge, token_kind: kind, list_unit_price: price, currency: charge.pricing_currency }
  return rateCharges([quantity], terms)[0]
}

function priceOf(band: PriceBand | undefined, kind: string): Decimal | null {
  const text = band === undefined ? null : priceOfKind(band, kind)
  return text === null ? null : parseDecimal(text)
}

/** The band that the charge was priced by: of its import and threshold, with its price; else the one in force. */
function bandOf(charge: Charge, book: PriceBook): PriceBand | undefined {
  const { upstream, request_model, response_model, service_tier, region, price_key, list_unit_price, token_kind, period_start_ms } = charge
  const names = { provider: upstream, request_model, response_model, service_tier, region }
  const found = resolvePrices(book, names)
  const bands = (found.length > 0 ? found : resolvePrices(book, { ...names, response_model: price_key })).filter(
    band => band.min_input_tokens === charge.min_input_tokens,
  )
  return (
    bands.find(band => band.price_version === charge.price_version && priceOf(band, token_kind) === list_unit_price) ??
    bands.find(band => band.valid_from_ms <= period_start_ms && (band.valid_to_ms === null || period_start_ms < band.valid_to_ms)) ??
    bands.at(-1)
  )
}

import { type Decimal, multiply, parseDecimal } from '../decimal.ts'
import { keptPrice } from '../price-book/price-digits.ts'
import { exchangeRateAt } from '../terms/exchange-rate.ts'
import type { RateCard, RateTerm, TenantTerms, Terms } from '../terms/terms.ts'
import type { Charge, ChargeQuantity } from './charge.ts'
import { matchesCharge } from './match-charge.ts'

/** The unit prices of a quantity, before conversion. */
type Rated = Pick<Charge, 'list_unit_price' | 'contracted_unit_price' | 'rate_term' | 'pricing_currency'>

const ONE = parseDecimal('1')

/**
 * What quantities cost their tenants: list price, agreed price and both amounts in the tenant's billing currency. Of the terms of a
 * tenant's rate card that are in force at the start of the quantity's period the first that matches decides; without one the list price is
 * paid. An agreed price where the book has none stands for both. What runs on a pool of the terms is paid by its share of the pool, so no
 * agreed price applies to it. Pure, in the order of the input. Quantities must be cut where terms and exchange rates change (cuts.ts).
 * Throws EXCHANGE_RATE_MISSING.
 */
export function rateCharges(quantities: Iterable<ChargeQuantity>, terms: Terms): Charge[] {
  const tenants = new Map(terms.tenants.map(tenant => [tenant.id, tenant]))
  const cards = new Map(terms.rate_cards.map(card => [card.id, card]))
  const pools = new Set(terms.pools.map(({ pool }) => pool))
  const charges: Charge[] = []
  for (const quantity of quantities) {
    const tenant = tenants.get(quantity.tenant_id)
    const isShared = quantity.upstream_kind === 'pool' && pools.has(quantity.upstream)
    const term = isShared ? undefined : termOf(cardOf(tenant, cards), quantity)
    charges.push(chargeOf(quantity, ratedAt(quantity, term, terms), tenant?.currency ?? terms.currency, terms))
  }
  return charges
}

function cardOf(tenant: TenantTerms | undefined, cards: ReadonlyMap<string, RateCard>): RateCard | undefined {
  return tenant === undefined ? undefined : cards.get(tenant.rate_card)
}

function termOf(card: RateCard | undefined, quantity: ChargeQuantity): RateTerm | undefined {
  const atMs = quantity.period_start_ms
  return card?.terms.find(
    term => term.valid_from_ms <= atMs && (term.valid_to_ms === null || atMs < term.valid_to_ms) && matchesCharge(term.match, quantity),
  )
}

function ratedAt(quantity: ChargeQuantity, term: RateTerm | undefined, terms: Terms): Rated {
  const { list_unit_price, currency, period_start_ms } = quantity
  const kept = (price: Decimal) => keptPrice(price, quantity.token_kind)
  const rate_term = term?.id ?? ''
  if (term?.unit_price != null) {
    if (list_unit_price === null) {
      const price = kept(term.unit_price)
      return { list_unit_price: price, contracted_unit_price: price, rate_term, pricing_currency: term.currency }
    }
    const rate = exchangeRateAt(terms.exchange_rates, term.currency, currency, period_start_ms)
    return { list_unit_price, contracted_unit_price: kept(multiply(term.unit_price, rate)), rate_term, pricing_currency: currency }
  }
  if (list_unit_price === null) return { list_unit_price, contracted_unit_price: null, rate_term: '', pricing_currency: currency }
  const part = ONE - (term?.discount ?? 0n) + (term?.markup ?? 0n)
  return { list_unit_price, contracted_unit_price: kept(multiply(list_unit_price, part)), rate_term, pricing_currency: currency }
}

function chargeOf(quantity: ChargeQuantity, rated: Rated, currency: string, terms: Terms): Charge {
  // What has no price needs no exchange rate either: a missing one must not stop the bill.
  const from = rated.contracted_unit_price === null ? currency : rated.pricing_currency
  const rate = exchangeRateAt(terms.exchange_rates, from, currency, quantity.period_start_ms)
  // Exact: quantity and price have 18 digits after the point together.
  const costOf = (price: Decimal | null) => (price === null ? 0n : inCurrency(multiply(price, quantity.quantity), rate))
  const contracted_cost = costOf(rated.contracted_unit_price)
  return {
    ...quantity,
    ...rated,
    currency,
    pricing_currency: from,
    exchange_rate: rate,
    list_cost: costOf(rated.list_unit_price),
    contracted_cost,
    effective_cost: contracted_cost,
  }
}

function inCurrency(amount: Decimal, rate: Decimal): Decimal {
  return rate === ONE ? amount : multiply(amount, rate)
}

/** A period's charges under other prices. Every price comes from the book, every rate from the terms. Pure functions. */
import type { Charge, ChargeQuantity } from '../../money/charges/charge.ts'
import { matchesPattern } from '../../money/charges/match-charge.ts'
import { rateCharges } from '../../money/charges/rate-charges.ts'
import { type Decimal, multiply, parseDecimal } from '../../money/decimal.ts'
import { priceOfKind } from '../../money/price-book/price-bands.ts'
import { type PriceBook, resolvePrices } from '../../money/price-book/resolve.ts'
import type { Terms } from '../../money/terms/terms.ts'

/** Which charges are meant; a pattern may hold `*`, absent: all. */
export interface ChargeChoice {
  readonly route?: string | undefined
  readonly model?: string | undefined
  readonly provider?: string | undefined
}

/** What would be another. */
export interface Change {
  /** The model that would answer, and whose; absent: the same. */
  readonly to?: { readonly provider: string; readonly model: string } | undefined
  /** Part of the list price that would be taken off, in place of what is agreed on; absent: as agreed. */
  readonly discount?: Decimal | undefined
  /** Part of the chosen traffic that would change; 1: all of it. */
  readonly share: Decimal
}

/** A charge as it is, and what it would cost. `unpriced`: the quantity without a price under the change. */
export interface Repriced {
  readonly charge: Charge
  readonly cost: Decimal
  readonly unpriced: Decimal
}

const ONE = parseDecimal('1')

/** Whether a charge is chosen. */
export function isChosen({ route, model, provider }: ChargeChoice, charge: Charge): boolean {
  return (
    (route === undefined || matchesPattern(route, charge.route)) &&
    (provider === undefined || matchesPattern(provider, charge.upstream)) &&
    (model === undefined || matchesPattern(model, charge.response_model) || matchesPattern(model, charge.request_model))
  )
}

/**
 * What the chosen charges would cost with the same quantities. Context thresholds are those of the charge, since sums do not tell the sizes
 * of single requests; what shares stay as they are keeps its cost. Throws EXCHANGE_RATE_MISSING.
 */
export function reprice(charges: readonly Charge[], change: Change, deps: { book: PriceBook; terms: Terms }): Repriced[] {
  const quantities = charges.map(charge => quantityOf(charge, change, deps.book))
  const rated = rateCharges(quantities, change.discount === undefined ? deps.terms : discounted(charges, change.discount, deps.terms))
  return charges.map((charge, index) => {
    const other = rated[index]
    if (other === undefined || other.contracted_unit_price === null)
      return { charge, cost: kept(charge, change), unpriced: charge.quantity }
    return { charge, cost: kept(charge, change) + multiply(other.effective_cost, change.share), unpriced: 0n }
  })
}

function kept(charge: Charge, { share }: Change): Decimal {
  return charge.effective_cost - multiply(charge.effective_cost, share)
}

/** The charge's quantity at the list price that it would have. */
function quantityOf(charge: Charge, { to }: Change, book: PriceBook): ChargeQuantity {
  const own = { ...charge, currency: charge.pricing_currency }
  if (to === undefined) return own
  const names = { provider: to.provider, request_model: to.model, response_model: to.model }
  const { period_start_ms: atMs, min_input_tokens, token_kind, service_tier, region } = charge
  const band = resolvePrices(book, { ...names, service_tier, region }).find(
    one => one.valid_from_ms <= atMs && (one.valid_to_ms === null || atMs < one.valid_to_ms) && one.min_input_tokens <= min_input_tokens,
  )
  const price = band === undefined ? null : priceOfKind(band, token_kind)
  return {
    ...own,
    ...{ upstream_kind: 'provider', upstream: to.provider, request_model: to.model, response_model: to.model },
    price_key: band?.price_key ?? '',
    currency: band?.currency ?? own.currency,
    list_unit_price: price === null ? null : parseDecimal(price),
  }
}

/** The terms with one discount for everyone, before whatever else is agreed on. */
function discounted(charges: readonly Charge[], discount: Decimal, terms: Terms): Terms {
  const id = 'whatif'
  const match = { provider: '', model: '', token_kind: '', service_tier: '' }
  const term = { id, match, discount, markup: null, unit_price: null, currency: '', valid_from_ms: 0, valid_to_ms: null }
  const listed = new Map(terms.tenants.map(tenant => [tenant.id, tenant]))
  const tenants = [...new Set(charges.map(({ tenant_id }) => tenant_id))].map(tenant_id => {
    const { currency, time_zone } = terms
    const unlisted = { ...{ id: tenant_id, name: tenant_id, team: '', cost_centre: '', gl_code: '', tags: {} }, currency, time_zone }
    return { ...(listed.get(tenant_id) ?? unlisted), rate_card: id }
  })
  return { ...terms, tenants, rate_cards: [{ id, terms: [term], commitments: [] }] }
}

/** The share that is not told is all of it. PRICE_INVALID for a text that is no number from 0 to 1. */
export function shareFrom(share: number | undefined): Decimal {
  return share === undefined ? ONE : parseDecimal(String(share))
}

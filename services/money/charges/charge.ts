/** Charges: quantities that settling priced by the request → what a tenant pays for them. */
import type { Decimal } from '../decimal.ts'

/** What tells charges apart, beside their time. The names are columns of `charges_per_minute`. */
export interface ChargeKey {
  tenant_id: string
  route: string
  request_model: string
  response_model: string
  upstream_kind: string
  /** Provider or pool. */
  upstream: string
  region: string
  service_tier: string
  /** Model key in the price book; '': no price. */
  price_key: string
  /** Import that the unit price came with; 0: no price. */
  price_version: number
  /** Context threshold of the price, input tokens of the request; 0: base price. */
  min_input_tokens: number
  /** input, cached_input, output, reasoning, …, or a billed unit: output_image, web_search, … (price-book/price-row.ts). */
  token_kind: string
  /** Of attempts that did not give the answer. */
  is_wasted: boolean
  /** How the quantity was estimated; '': it was reported. */
  estimate_method: string
  /** ISO 4217 of the unit price. */
  currency: string
}

/** What tells the charges of a tenant in one currency apart, in the order in which they are listed. */
export const CHARGE_KEYS = [
  'route',
  'request_model',
  'response_model',
  'upstream_kind',
  'upstream',
  'region',
  'service_tier',
  'price_key',
  'price_version',
  'min_input_tokens',
  'token_kind',
  'is_wasted',
  'estimate_method',
] as const satisfies readonly (keyof ChargeKey)[]

/** Priced quantity of one key in one period, exactly as settling found it. */
export interface ChargeQuantity extends ChargeKey {
  /** Start of the period it was summed over, ms. */
  period_start_ms: number
  /** List price of one unit; null: unpriced, which is not free. */
  list_unit_price: Decimal | null
  /** Units: tokens, or what else the kind counts (schemas/billed-units.ts), exact, also of seconds and beyond 2^53. */
  quantity: Decimal
  /** Attempts that contributed. */
  attempts: number
}

/**
 * A charge: a quantity with the prices agreed on. Costs are quantity × unit price, exact, in `currency` (the tenant's billing currency,
 * converted at
 * `exchange_rate`, rounded half to even at 18 digits). Unpriced quantities have null prices and costs of 0.
 */
export interface Charge extends ChargeQuantity {
  /** Agreed price of one unit, in `pricing_currency`; null: unpriced. */
  contracted_unit_price: Decimal | null
  /** Id of the rate term applied; '': list price. */
  rate_term: string
  /** ISO 4217 of the unit prices. */
  pricing_currency: string
  /** From pricing currency to `currency`; 1 when they are the same. */
  exchange_rate: Decimal
  list_cost: Decimal
  contracted_cost: Decimal
  /** Contracted cost; commitments change it on statements only. */
  effective_cost: Decimal
}

import { BILLED_UNITS, isBilledUnit } from '../../../schemas/billed-units.ts'
import type { Charge } from '../charges/charge.ts'
import type { Decimal } from '../decimal.ts'
import type { BillingDay, BillingMonth } from './billing-month.ts'
import { type Detail, detail } from './detail.ts'

/** A charge and the commitment that covers it; '': it is billed. */
export interface CoveredCharge {
  charge: Charge
  commitment_id: string
}

/**
 * Charges of one tenant as details, by billing day. Work on the pools named in `allocatedPools` is left out: its cost comes with the pool's
 * shares. Work on other pools stays and is shown as what it is, unpriced. A covered charge is billed 0; its effective cost stays.
 * Throws RangeError for a charge outside the month: it would be billed twice or never.
 */
export function usageDetails(charges: readonly CoveredCharge[], month: BillingMonth, allocatedPools: ReadonlySet<string>): Detail[] {
  return charges
    .filter(({ charge }) => !(charge.upstream_kind === 'pool' && charge.list_unit_price === null && allocatedPools.has(charge.upstream)))
    .map(({ charge, commitment_id }) => {
      const day = dayAt(month, charge.period_start_ms)
      const model = charge.response_model || charge.request_model
      return detail({
        description: describe(charge, model),
        upstream_kind: charge.upstream_kind,
        upstream: charge.upstream,
        model,
        region: charge.region,
        service_tier: charge.service_tier,
        meter: charge.token_kind,
        price_key: charge.price_key,
        price_version: charge.price_version,
        min_input_tokens: charge.min_input_tokens,
        is_wasted: charge.is_wasted,
        estimate_method: charge.estimate_method,
        rate_term: charge.rate_term,
        commitment_id,
        pricing_currency: charge.pricing_currency,
        exchange_rate: charge.exchange_rate,
        list_unit_price: charge.list_unit_price,
        contracted_unit_price: charge.contracted_unit_price,
        quantity: charge.quantity,
        unit: unitOf(charge.token_kind),
        list_cost: charge.list_cost,
        contracted_cost: charge.contracted_cost,
        effective_cost: charge.effective_cost,
        precise_cost: commitment_id === '' ? charge.effective_cost : 0n,
        charge_period_start_ms: day.start_ms,
        charge_period_end_ms: day.end_ms,
      })
    })
}

/** The billing day that an instant falls into. Throws RangeError when it is outside the month. */
export function dayAt(month: BillingMonth, atMs: number): BillingDay {
  let [low, high] = [0, month.days.length]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((month.days[middle] as BillingDay).start_ms <= atMs) low = middle
    else high = middle
  }
  const day = month.days[low]
  if (day && atMs >= day.start_ms && atMs < day.end_ms) return day
  throw new RangeError(`${new Date(atMs).toISOString()} is not in the billing month ${month.month} of ${month.time_zone}`)
}

/** What a kind counts, many of it: Tokens, Images, Seconds, … */
function unitOf(tokenKind: string): string {
  return isBilledUnit(tokenKind) ? BILLED_UNITS[tokenKind].plural : 'Tokens'
}

function describe(charge: Charge, model: string): string {
  const words = isBilledUnit(charge.token_kind)
    ? [BILLED_UNITS[charge.token_kind].label.toLowerCase()]
    : [charge.token_kind.replaceAll('_', ' '), 'tokens']
  const notes = [
    charge.service_tier && `${charge.service_tier} tier`,
    charge.min_input_tokens > 0 && `requests above ${charge.min_input_tokens} input tokens`,
    charge.region && `region ${charge.region}`,
    charge.is_wasted && 'failed but billed',
    charge.estimate_method && 'estimated',
    charge.list_unit_price === null && 'no price known',
  ].filter(Boolean)
  return (
    `${model || 'unknown model'} on ${charge.upstream || 'unknown'}, ` +
    `${words.join(' ')}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`
  )
}

/** Sum of a field over details. */
export function sumOf(items: readonly Detail[], field: 'precise_cost' | 'effective_cost' | 'quantity'): Decimal {
  return items.reduce((sum, item) => sum + item[field], 0n)
}

import type { Decimal } from '../decimal.ts'
import type { BillingMonth } from './billing-month.ts'
import { type Detail, detail } from './detail.ts'
import type { PoolDayShare } from './pool-days.ts'
import type { SharedCostPart } from './shared-costs.ts'

/** An amount in another currency, rounded half to even at the 18th digit, and the rate it was converted at (1 for the same currency). */
export type Convert = (amount: Decimal, from: string, to: string, atMs: number) => { amount: Decimal; rate: Decimal }

const words = {
  busy: 'work of its requests',
  idle: 'idle GPUs',
  unattributed: 'work that no request explains',
  no_work: 'work that no request explains',
  not_measured: 'hours in which nothing was measured',
} as const

/** Shares of pools as details in the tenant's currency, converted at the rate of the start of the day. */
export function poolDetails(shares: readonly PoolDayShare[], currency: string, convert: Convert): Detail[] {
  return shares.map(share => {
    const { amount, rate } = convert(share.cost, share.currency, currency, share.start_ms)
    return detail({
      ...costs(amount),
      description: `Pool ${share.pool}, ${words[share.reason ?? share.kind]}${share.model ? `, ${share.model}` : ''}`,
      upstream_kind: 'pool',
      upstream: share.pool,
      model: share.model,
      meter: `gpu_${share.kind}`,
      pricing_currency: share.currency,
      exchange_rate: rate,
      quantity: share.gpu_hours,
      unit: 'GPU-Hours',
      charge_period_start_ms: share.start_ms,
      charge_period_end_ms: share.end_ms,
      allocated_ratio: share.allocated_ratio,
      allocated_method: share.allocated_method,
    })
  })
}

/** Parts of shared costs as details in the tenant's currency, converted at the rate of the start of the month. */
export function sharedCostDetails(parts: readonly SharedCostPart[], month: BillingMonth, currency: string, convert: Convert): Detail[] {
  return parts
    .filter(part => part.cost !== 0n || part.allocated_ratio !== 0n)
    .map(({ shared_cost, cost, allocated_ratio }) => {
      const { amount, rate } = convert(cost, shared_cost.currency, currency, month.start_ms)
      return detail({
        ...costs(amount),
        description: shared_cost.description || `Shared cost ${shared_cost.id}`,
        rate_term: shared_cost.id,
        meter: 'shared_cost',
        pricing_currency: shared_cost.currency,
        exchange_rate: rate,
        charge_period_start_ms: month.start_ms,
        charge_period_end_ms: month.end_ms,
        allocated_ratio,
        allocated_method: `shared_${shared_cost.rule}`,
      })
    })
}

function costs(amount: Decimal) {
  return { list_cost: amount, contracted_cost: amount, effective_cost: amount, precise_cost: amount }
}

/** What a cost is made of, in two periods: requests by where they were answered, and what they used at which price. */
import type { Decimal } from '../../money/decimal.ts'

/** Where requests were answered, as usage_per_minute keeps them apart. */
export interface CellKey {
  readonly tenant_id: string
  readonly route: string
  readonly request_model: string
  readonly response_model: string
  readonly upstream_kind: string
  readonly upstream: string
  readonly service_tier: string
}

export const CELL_COLUMNS = [
  'tenant_id',
  'route',
  'request_model',
  'response_model',
  'upstream_kind',
  'upstream',
  'service_tier',
] as const satisfies readonly (keyof CellKey)[]

/** The two periods that are compared. */
export type Side = 'before' | 'after'

/** Requests of one period; decimals, since a reference may be the mean of several hours. */
export interface Requests {
  readonly requests: Decimal
  readonly successful: Decimal
  /** Of the successful: answered from the gateway's cache, which no model worked for. */
  readonly cache_hits: Decimal
}

/** Requests of a cell in both periods. */
export interface CellRequests extends CellKey, Readonly<Record<Side, Requests>> {}

/** What was used of one kind in one period. */
export interface Amount {
  readonly quantity: Decimal
  /** In the currency of the tenant's bill. */
  readonly cost: Decimal
  /** The same in the currency of its price. */
  readonly priced_cost: Decimal
}

/** One kind of token or unit of a cell, at one context threshold and region, in both periods. */
export interface CostLeaf extends CellKey, Readonly<Record<Side, Amount>> {
  readonly token_kind: string
  readonly region: string
  readonly min_input_tokens: number
  readonly pricing_currency: string
  readonly is_wasted: boolean
  readonly is_estimated: boolean
}

export const NO_REQUESTS: Requests = { requests: 0n, successful: 0n, cache_hits: 0n }
export const NO_AMOUNT: Amount = { quantity: 0n, cost: 0n, priced_cost: 0n }

/** A cell's name. */
export function cellName(key: CellKey): string {
  return JSON.stringify(CELL_COLUMNS.map(column => key[column]))
}

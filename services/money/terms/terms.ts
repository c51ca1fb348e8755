/**
 * The billing terms: what finance agrees on beside the price book, as one document with dated entries. `weir terms import` keeps every
 * version whole, so that a statement can name the version it was made with. The words are those of FOCUS where it has them.
 */
import type { Decimal } from '../decimal.ts'

/**
 * From when until when something holds, ms since 1970 UTC; `valid_to_ms` exclusive, null: open. Whole minutes, so that a settled minute is
 * never cut.
 */
export interface Validity {
  valid_from_ms: number
  valid_to_ms: number | null
}

/** The whole document, checked; every list may be empty. */
export interface Terms {
  /** Version in `billing_terms`; 0: the terms that hold when nobody has imported any. */
  version: number
  /** Who issues the statements; InvoiceIssuerName of FOCUS. */
  issuer: string
  /** ISO 4217; currency of tenants that name none and of the pools' total. */
  currency: string
  /** IANA zone of tenants that name none, of pools and of what no tenant is charged for. */
  time_zone: string
  exchange_rates: readonly ExchangeRate[]
  tenants: readonly TenantTerms[]
  rate_cards: readonly RateCard[]
  pools: readonly PoolTerms[]
  shared_costs: readonly SharedCost[]
  budgets: readonly Budget[]
}

/** One unit of `from` is worth `rate` units of `to`. A day's rate holds until the next one's valid_from. */
export interface ExchangeRate {
  from: string
  to: string
  rate: Decimal
  valid_from_ms: number
  source: string
}

/** Who a tenant is to finance. A tenant that is not listed has its id as name and the document's currency and zone. */
export interface TenantTerms {
  id: string
  name: string
  currency: string
  time_zone: string
  team: string
  cost_centre: string
  gl_code: string
  /** Flat, as FOCUS wants them. */
  tags: Readonly<Record<string, string>>
  /** Id of its rate card; '': list prices. */
  rate_card: string
}

/** What an agreed price is for; a pattern may hold `*`; '' and absent match everything. */
export interface ChargeMatch {
  provider: string
  model: string
  token_kind: string
  service_tier: string
}

/** The prices a tenant, or a group of them, pays. Of the terms in force the first that matches decides. */
export interface RateCard {
  id: string
  terms: readonly RateTerm[]
  commitments: readonly Commitment[]
}

/** One agreed price: exactly one of the three is not null. */
export interface RateTerm extends Validity {
  id: string
  match: ChargeMatch
  /** Part of the list price taken off, 0 to 1. */
  discount: Decimal | null
  /** Part of the list price added, such as 0.05. */
  markup: Decimal | null
  /** Price of one unit (token), in `currency`. */
  unit_price: Decimal | null
  /** ISO 4217 of `unit_price`; '' otherwise. */
  currency: string
}

/** Spend that a tenant has promised for each billing month: covered usage is billed 0 and the commitment is billed whole. */
export interface Commitment extends Validity {
  id: string
  match: ChargeMatch
  amount: Decimal
  currency: string
}

/** What a pool of own GPUs costs and how its tenants share it. */
export interface PoolTerms {
  pool: string
  /** Tenant that owns the pool; '': nobody. */
  owner: string
  /** Where the number of GPUs comes from: measured (GPU samples, else engines × gpus_per_engine) or as scheduled in `rates`. */
  gpu_count: 'measured' | 'scheduled'
  gpus_per_engine: number
  rates: readonly GpuRate[]
  /** Cost beside the GPUs (network, staff, licences), per hour. */
  overheads: readonly PoolOverhead[]
  /** Work of a token of each kind, relative; used with `split_by: tokens`. */
  weights: { input: Decimal; cached_input: Decimal; output: Decimal }
  /** `time`: measured prefill and decode seconds where the engine gives them, else as tokens. */
  split_by: 'tokens' | 'time'
  idle: 'kept' | 'weighted' | 'even' | 'owner' | 'reservations'
  reservations: readonly PoolReservation[]
  /** Model of a provider that the same tokens are priced at for build-or-buy; null: no comparison. */
  compare_with: { provider: string; model: string } | null
}

/**
 * Price of a GPU-hour. `gpus`: how many are paid for at this rate; null: all that are there beyond the others'. Reserved GPUs are paid for
 * whether they are there or not; of a measured pool spot and on-demand ones only as far as they are there beyond the reserved ones, in the
 * order of the list.
 */
export interface GpuRate extends Validity {
  id: string
  purchase: 'reserved' | 'spot' | 'on_demand'
  per_gpu_hour: Decimal
  currency: string
  gpus: number | null
}

/** See PoolTerms.overheads. */
export interface PoolOverhead extends Validity {
  id: string
  per_hour: Decimal
  currency: string
}

/** GPUs of a pool that are kept for a tenant. */
export interface PoolReservation extends Validity {
  tenant_id: string
  gpus: number
}

/** A cost that several tenants bear, such as the platform team, once a billing month. */
export interface SharedCost extends Validity {
  id: string
  description: string
  amount: Decimal
  currency: string
  /** proportional to each tenant's own effective cost; fixed by `shares`; even among `tenants`. */
  rule: 'proportional' | 'fixed' | 'even'
  /** Who bears it; empty: every tenant with charges in the month. */
  tenants: readonly string[]
  /** Of `fixed`: parts that sum to 1. */
  shares: Readonly<Record<string, Decimal>>
}

/** What may be spent in a period. Empty scope fields match everything. */
export interface Budget extends Validity {
  id: string
  scope: { tenant_id: string; team: string; route: string; model: string }
  amount: Decimal
  currency: string
  period: 'week' | 'month' | 'quarter' | 'year'
}

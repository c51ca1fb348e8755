/** Cost of a GPU pool in one period and who bears it. */
import { RESERVED_TENANTS } from '../../../schemas/attempt.ts'
import type { Decimal } from '../decimal.ts'

/** What was measured of a pool in one allocation period: a UTC hour, cut where a billing month of some tenant or a rate begins. */
export interface PoolPeriod {
  pool: string
  start_ms: number
  end_ms: number
  /** GPU-hours that were there; null: not measured (then the schedule decides). */
  gpu_hours: Decimal | null
  /** Share of the GPUs' time that they worked, 0 to 1, 18 digits; null: nothing was measured, which is not idle. */
  utilisation_ratio: Decimal | null
  /** Where it was measured. */
  utilisation_source: 'gpu' | 'engine' | ''
  /** Minutes of the period with any sample; the others are gaps. */
  measured_minutes: number
  work: readonly TenantWork[]
}

/**
 * What a tenant's attempts asked of the pool in the period. Tokens: uncached input, cached input (writes count as uncached), output with
 * reasoning.
 */
export interface TenantWork {
  tenant_id: string
  model: string
  uncached_input_tokens: number
  cached_input_tokens: number
  output_tokens: number
  /** Measured by the engine; null: it does not tell. */
  prefill_seconds: Decimal | null
  decode_seconds: Decimal | null
}

/** Why a cost is nobody's. */
export type UnattributedReason = 'not_measured' | 'no_work'

/** `tenant_id` of idle time that is kept apart. */
export const IDLE_TENANT = RESERVED_TENANTS.idle
/** `tenant_id` of cost that nothing measured explains. */
export const UNATTRIBUTED_TENANT = RESERVED_TENANTS.unattributed

/**
 * One share of a pool's cost. The shares of a period sum to its cost, to the last of 18 digits, and their ratios to exactly 1.
 * tenant_id '__idle__': idle that is kept apart; '__unattributed__': busy time that no attempt explains, or time in which nothing was
 * measured.
 */
export interface PoolShare {
  pool: string
  start_ms: number
  end_ms: number
  tenant_id: string
  model: string
  kind: 'busy' | 'idle' | 'unattributed'
  /** Of `unattributed`: nothing was measured, which is not idle; or the GPUs worked although no attempt is known. */
  reason?: UnattributedReason
  /** Part of the whole period's cost, 18 digits. */
  allocated_ratio: Decimal
  gpu_hours: Decimal
  cost: Decimal
  currency: string
}

/** One part of what a pool cost in a period: what was put in. */
export interface PoolCostPart {
  /** Id of the rate or overhead. */
  id: string
  purchase: 'reserved' | 'spot' | 'on_demand' | 'overhead'
  /** 0 for overhead. */
  gpu_hours: Decimal
  /** In the currency of the allocation, converted at the rate of the period's start. */
  cost: Decimal
}

/** A period's cost and everybody's share of it. */
export interface PoolAllocation {
  pool: string
  start_ms: number
  end_ms: number
  gpu_hours: Decimal
  cost: Decimal
  currency: string
  parts: readonly PoolCostPart[]
  shares: readonly PoolShare[]
}

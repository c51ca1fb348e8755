/** Cost of a GPU pool in one period and who bears it. */
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

/** What a tenant's attempts asked of the pool in the period. Tokens: uncached input, cached input (writes count as uncached), output with reasoning. */
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

/**
 * One share of a pool's cost. The shares of a period sum to its cost, to the last of 18 digits, and their ratios to exactly 1.
 * tenant_id '__idle__': idle that is kept apart; '__unattributed__': busy time that no attempt explains.
 */
export interface PoolShare {
  pool: string
  start_ms: number
  end_ms: number
  tenant_id: string
  model: string
  kind: 'busy' | 'idle' | 'unattributed'
  /** Part of the whole period's cost, 18 digits. */
  allocated_ratio: Decimal
  gpu_hours: Decimal
  cost: Decimal
  currency: string
}

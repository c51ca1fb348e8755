import { add, type Decimal, divide, multiply, parseDecimal } from '../../money/decimal.ts'
import { periodCost } from '../../money/pools/period-cost.ts'
import type { PoolPeriodCost } from '../../money/pools/read-pool-costs.ts'
import type { Terms } from '../../money/terms/terms.ts'
import { HOUR } from '../../platform/clock.ts'

/** A pool with another number of GPUs. */
export interface ResizedPool {
  readonly pool: string
  readonly currency: string
  readonly cost_before: Decimal
  readonly cost_after: Decimal
  /** Mean number of GPUs that were paid for. */
  readonly gpus_before: number
  readonly gpus_after: number
  /** Share of the GPUs' time that the same work would take, 0 and up; null: not measured. Above 1 it would not be done. */
  readonly busy_ratio: number | null
}

/**
 * What a pool would have cost with `gpus` GPUs, period by period under the terms: reserved ones are paid for whether they are there or not.
 * undefined: the terms have no such pool. Throws EXCHANGE_RATE_MISSING.
 */
export function resizePool(periods: readonly PoolPeriodCost[], pool: string, gpus: number, terms: Terms): ResizedPool | undefined {
  const found = terms.pools.find(one => one.pool === pool)
  const own = periods.filter(({ allocation }) => allocation.pool === pool)
  if (found === undefined || own.length === 0) return undefined
  const money = { currency: terms.currency, exchange_rates: terms.exchange_rates }
  const costs = own.map(({ allocation: { start_ms, end_ms } }) => {
    const hours = parseDecimal(String((gpus * (end_ms - start_ms)) / HOUR), { fractionDigits: 9 })
    const measured = { ...NOTHING_MEASURED, pool, start_ms, end_ms, gpu_hours: hours }
    return periodCost(measured, { ...found, gpu_count: 'measured' }, money).cost
  })
  const sum = (of: (one: PoolPeriodCost) => Decimal) => add(...own.map(of))
  const [paid, measured, busy] = [
    sum(({ summary }) => summary.gpu_hours),
    sum(({ summary }) => summary.measured_gpu_hours),
    sum(({ summary }) => summary.busy_gpu_hours),
  ]
  const hours = own.reduce((total, { allocation }) => total + (allocation.end_ms - allocation.start_ms) / HOUR, 0)
  const gpus_before = Number(divide(paid, parseDecimal(String(hours), { fractionDigits: 9 }))) / 1e18
  return {
    ...{ pool, currency: terms.currency, gpus_before, gpus_after: gpus },
    cost_before: sum(({ allocation }) => allocation.cost),
    cost_after: add(...costs),
    busy_ratio:
      measured === 0n || gpus === 0 ? null : (Number(divide(multiply(busy, paid), measured)) / Number(paid)) * (gpus_before / gpus),
  }
}

const NOTHING_MEASURED = { utilisation_ratio: null, utilisation_source: '', measured_minutes: 0 } as const

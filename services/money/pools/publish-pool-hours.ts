import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { HOUR, type Now, SECOND } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import { formatDecimal } from '../decimal.ts'
import type { Terms } from '../terms/terms.ts'
import type { PoolShare } from './allocation.ts'
import type { Span } from './periods.ts'
import type { PoolCost } from './pool-cost.ts'
import { type PoolCostDeps, type PoolPeriodCost, readPoolCosts } from './read-pool-costs.ts'

const placeColumns = ['hour_start', 'published_version', 'terms_version', 'period_start', 'period_end'] as const
const shareColumns = [
  'pool',
  'tenant_id',
  'model',
  'kind',
  'allocated_ratio',
  'gpu_hours',
  'cost',
  'currency',
] as const satisfies readonly (keyof PoolShare)[]
const useColumns = [
  'pool',
  'currency',
  'cost',
  'busy_cost',
  'idle_cost',
  'unattributed_cost',
  'gpu_hours',
  'measured_gpu_hours',
  'busy_gpu_hours',
  'minutes',
  'measured_minutes',
  'utilisation_source',
  'input_tokens',
  'cached_input_tokens',
  'output_tokens',
  'warm_up_minutes',
  'minutes_before_work',
  'cold_starts',
  'compared_cost',
] as const satisfies readonly (keyof PoolCost)[]

/** What publishing needs. `onRefused` is told of a pool whose cost cannot be shared out, and why. */
export interface PublishPoolDeps extends PoolCostDeps {
  clickhouse: ClickHouse
  now: Now
  untilMs: number
  onRefused: (pool: string, reason: unknown) => void
}

/**
 * Publishes all pools' shares and use in the UTC hours of a span (whole hours of one day) to `gpu_pool_cost_per_hour` and
 * `gpu_pool_use_per_hour`, each in one insert, in place of what was published before; gives how many shares. Nothing is told of the time
 * after `untilMs`. To be called when a minute of the hours is settled, an hour is over, or terms or prices have changed. A pool whose cost
 * cannot be computed (no exchange rate, say) is left out and told, the others are published. Rejects with the AppErrors of ClickHouse; then
 * nothing has changed.
 */
export async function publishPoolHours(span: Span, terms: Terms, deps: PublishPoolDeps): Promise<number> {
  const { clickhouse, now } = deps
  if (terms.pools.length === 0) {
    await withdraw(span, clickhouse)
    return 0
  }
  const version = now()
  const costs = await readApart(span, terms, deps)
  const place = ({ start_ms, end_ms }: Span) => {
    const hour_start = Math.floor(start_ms / HOUR) * HOUR
    return [hour_start / SECOND, version, terms.version, start_ms / SECOND, end_ms / SECOND]
  }
  const shares = costs.flatMap(({ allocation }) =>
    allocation.shares.map(share => [...place(share), ...shareColumns.map(column => cellOf(share[column])), share.reason ?? '']),
  )
  const use = costs.map(({ summary }) => [...place(summary), ...useColumns.map(column => cellOf(summary[column]))])
  await clickhouse.insert('gpu_pool_cost_per_hour', [...placeColumns, ...shareColumns, 'reason'], shares)
  await clickhouse.insert('gpu_pool_use_per_hour', [...placeColumns, ...useColumns], use)
  return shares.length
}

/** The costs of all pools in the span; where one of them cannot be computed, those of each pool that can. */
async function readApart(span: Span, terms: Terms, deps: PublishPoolDeps): Promise<PoolPeriodCost[]> {
  const read = async (of: Terms) => (await Array.fromAsync(readPoolCosts(span, of, deps))).flat()
  try {
    return await read(terms)
  } catch (error) {
    if (error instanceof AppError && error.retryable) throw error
  }
  const costs: PoolPeriodCost[] = []
  for (const pool of terms.pools) {
    try {
      costs.push(...(await read({ ...terms, pools: [pool] })))
    } catch (error) {
      if (error instanceof AppError && error.retryable) throw error
      deps.onRefused(pool.pool, error)
    }
  }
  return costs
}

/** Without a pool in the terms there is no newer version that would hide the old rows. */
async function withdraw(span: Span, clickhouse: ClickHouse): Promise<void> {
  const hours = { from: span.start_ms / SECOND, to: span.end_ms / SECOND }
  const isWithin = "hour_start >= {from:DateTime('UTC')} AND hour_start < {to:DateTime('UTC')}"
  const published = await clickhouse.query(`SELECT 1 AS found FROM {database}.gpu_pool_use_per_hour WHERE ${isWithin} LIMIT 1`, hours)
  if (published.length === 0) return
  await clickhouse.command(`DELETE FROM {database}.gpu_pool_cost_per_hour WHERE ${isWithin}`, hours)
  await clickhouse.command(`DELETE FROM {database}.gpu_pool_use_per_hour WHERE ${isWithin}`, hours)
}

function cellOf(value: string | number | bigint | null): string | number | null {
  return typeof value === 'bigint' ? formatDecimal(value) : value
}

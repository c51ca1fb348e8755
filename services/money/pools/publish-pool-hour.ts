import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { HOUR, type Now, SECOND } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import { formatDecimal } from '../decimal.ts'
import type { Terms } from '../terms/terms.ts'
import type { PoolShare } from './allocation.ts'
import type { PoolCost } from './pool-cost.ts'
import { type PoolCostDeps, type PoolPeriodCost, readPoolCosts, settledUntil } from './read-pool-costs.ts'

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
  now: Now
  onRefused: (pool: string, reason: unknown) => void
}

/**
 * Publishes all pools' shares and use in the UTC hour that begins at `hourStartMs` to `gpu_pool_cost_per_hour` and `gpu_pool_use_per_hour`,
 * each in one insert, in place of what was published before; gives how many shares. The hour that runs is told up to the newest settled
 * minute. To be called when a minute of the hour is settled, or terms or prices have changed. A pool whose cost cannot be computed (no
 * exchange rate, say) is left out and told, the others are published. Rejects with the AppErrors of ClickHouse; then nothing has changed.
 */
export async function publishPoolHour(hourStartMs: number, terms: Terms, deps: PublishPoolDeps): Promise<number> {
  const { clickhouse, now } = deps
  const version = now()
  const untilMs = await settledUntil(deps)
  let refused = 0
  const onRefused: PublishPoolDeps['onRefused'] = (pool, reason) => {
    refused++
    deps.onRefused(pool, reason)
  }
  const costs = await readApart(hourStartMs, terms, { ...deps, onRefused, untilMs })
  const place = ({ start_ms, end_ms }: { start_ms: number; end_ms: number }) => [
    hourStartMs / SECOND,
    version,
    terms.version,
    start_ms / SECOND,
    end_ms / SECOND,
  ]
  const shares = costs.flatMap(({ allocation }) =>
    allocation.shares.map(share => [...place(share), ...shareColumns.map(column => cellOf(share[column])), share.reason ?? '']),
  )
  const use = costs.map(({ summary }) => [...place(summary), ...useColumns.map(column => cellOf(summary[column]))])
  await clickhouse.insert('gpu_pool_cost_per_hour', [...placeColumns, ...shareColumns, 'reason'], shares)
  await clickhouse.insert('gpu_pool_use_per_hour', [...placeColumns, ...useColumns], use)
  if (costs.length + refused === 0) await withdraw(hourStartMs, clickhouse)
  return shares.length
}

/** The costs of all pools in the hour; where one of them cannot be computed, those of each pool that can. */
async function readApart(hourStartMs: number, terms: Terms, deps: PublishPoolDeps): Promise<PoolPeriodCost[]> {
  const read = async (of: Terms) => {
    const days = await Array.fromAsync(readPoolCosts({ start_ms: hourStartMs, end_ms: hourStartMs + HOUR }, of, deps))
    return days.flat()
  }
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
async function withdraw(hourStartMs: number, clickhouse: ClickHouse): Promise<void> {
  const hour = hourStartMs / SECOND
  const published = await clickhouse.query(
    "SELECT 1 AS found FROM {database}.gpu_pool_use_per_hour WHERE hour_start = {hour:DateTime('UTC')} LIMIT 1",
    { hour },
  )
  if (published.length === 0) return
  await clickhouse.command("DELETE FROM {database}.gpu_pool_cost_per_hour WHERE hour_start = {hour:DateTime('UTC')}", { hour })
  await clickhouse.command("DELETE FROM {database}.gpu_pool_use_per_hour WHERE hour_start = {hour:DateTime('UTC')}", { hour })
}

function cellOf(value: string | number | bigint | null): string | number | null {
  return typeof value === 'bigint' ? formatDecimal(value) : value
}

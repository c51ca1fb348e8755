import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { HOUR, type Now, SECOND } from '../../services/platform/clock.ts'
import { formatDecimal } from '../decimal.ts'
import type { Terms } from '../terms/terms.ts'
import { readPoolShares } from './read-pool-costs.ts'

const columns = [
  'hour_start',
  'published_version',
  'pool',
  'period_start',
  'period_end',
  'tenant_id',
  'model',
  'kind',
  'reason',
  'allocated_ratio',
  'gpu_hours',
  'cost',
  'currency',
  'terms_version',
] as const

/**
 * Publishes the shares of all pools in the UTC hour that begins at `hourStartMs` to `gpu_pool_cost_per_hour`, in one insert, in place of what was published before;
 * gives how many rows. To be called when a minute of the hour is settled, or the terms have changed. Rejects as readPoolShares does; then nothing has changed.
 */
export async function publishPoolHour(hourStartMs: number, terms: Terms, deps: { clickhouse: ClickHouse; now: Now }): Promise<number> {
  const { clickhouse, now } = deps
  const version = now()
  const rows: unknown[][] = []
  for await (const shares of readPoolShares({ start_ms: hourStartMs, end_ms: hourStartMs + HOUR }, terms, deps)) {
    for (const share of shares) {
      const { pool, start_ms, end_ms, tenant_id, model, kind, reason = '', currency } = share
      const [ratio, hours, cost] = [share.allocated_ratio, share.gpu_hours, share.cost].map(formatDecimal)
      const place = [hourStartMs / SECOND, version, pool, start_ms / SECOND, end_ms / SECOND]
      rows.push([...place, tenant_id, model, kind, reason, ratio, hours, cost, currency, terms.version])
    }
  }
  await clickhouse.insert('gpu_pool_cost_per_hour', columns, rows)
  // Without a pool in the terms there is no newer version that would hide the old rows.
  if (rows.length === 0)
    await clickhouse.command("DELETE FROM {database}.gpu_pool_cost_per_hour WHERE hour_start = {hour:DateTime('UTC')}", {
      hour: hourStartMs / SECOND,
    })
  return rows.length
}

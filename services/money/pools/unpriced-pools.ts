import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { SECOND } from '../../platform/clock.ts'
import type { Terms } from '../terms/terms.ts'
import type { Span } from './periods.ts'

const unpricedPoolsSql = readQuery(import.meta.url, 'unpriced-pools')

/**
 * Pools that worked in the span and that the terms do not name: they have no cost, which is not free. By name. Rejects with the AppErrors
 * of ClickHouse.
 */
export async function unpricedPools(
  { start_ms, end_ms }: Span,
  terms: Pick<Terms, 'pools'>,
  { clickhouse }: { clickhouse: ClickHouse },
): Promise<{ pool: string; attempts: number }[]> {
  return await clickhouse.query(unpricedPoolsSql, {
    from: Math.ceil(start_ms / SECOND),
    to: Math.ceil(end_ms / SECOND),
    known: terms.pools.map(({ pool }) => pool),
  })
}

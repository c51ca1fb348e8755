import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { SECOND } from '../../platform/clock.ts'
import type { Readings } from '../reading.ts'
import { listed } from './listed.ts'
import { nothingKnown, type ReadAt, type SignalDeps } from './signal-deps.ts'

const fallbackLoadSql = readQuery(import.meta.url, 'fallback-load')

/** Less of a pool's attempts that fall back from elsewhere is usual. Ours. */
const LEAST_SHARE = 0.1

interface PoolRow {
  readonly pool: string
  readonly model: string
  readonly fullness: number
  readonly running: number
  readonly waiting: number
  readonly engines: number
  readonly attempts: number
  readonly fallbacks: number
  readonly origins: readonly string[]
  readonly tenants_total: number
  readonly tenants: readonly string[]
}

/**
 * How full a pool was at the fullest (KV cache, places, a standing queue; 1: saturated) that takes traffic which falls back from elsewhere;
 * the sample is that traffic. A trend of minutes comes too late for it: a provider's failure fills a pool within one. Rejects with the
 * codes of the client.
 */
export async function readFallbackLoad(overMs: number, { settledUntilMs }: ReadAt, { clickhouse }: SignalDeps): Promise<Readings> {
  if (settledUntilMs === null) return nothingKnown(null)
  const rows = await clickhouse.query<PoolRow>(fallbackLoadSql, {
    from: (settledUntilMs - overMs) / SECOND,
    to: settledUntilMs / SECOND,
  })
  const readings = rows.flatMap(row => {
    const share = row.attempts === 0 ? 0 : row.fallbacks / row.attempts
    if (share < LEAST_SHARE) return []
    const facts = {
      ...{ running: row.running, waiting: row.waiting, engines: Number(row.engines), attempts: Number(row.attempts) },
      ...{ fallbacks: Number(row.fallbacks), fallback_share: share, origins: listed(row.origins) || 'elsewhere', over_ms: overMs },
      ...{ tenants: listed(row.tenants, Number(row.tenants_total)), tenants_total: Number(row.tenants_total) },
    }
    return [{ labels: { pool: row.pool, model: row.model || 'not told' }, value: row.fullness, sample: Number(row.fallbacks), facts }]
  })
  return { settledUntilMs, isComplete: true, readings }
}

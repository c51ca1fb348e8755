import { publishPoolHours } from '../money/pools/publish-pool-hours.ts'
import { toldUntil } from '../money/pools/told-until.ts'
import { readQuery } from '../platform/clickhouse/read-query.ts'
import { DAY, HOUR, SECOND } from '../platform/clock.ts'
import { type Basis, OLDEST_MS, type PublishDeps, tellRefused } from './publish-hour.ts'

const sql = readQuery(import.meta.url, 'stale-pools')

/**
 * Publishes the pool costs of all hours of the last 35 days, until they are told, that are not published with these terms or only in part:
 * hours without a settled minute too. A day at a time, since an hour by itself costs nearly as much. Of a day in which a pool cannot be
 * computed (an exchange rate begins in it, say) the hours are published one by one, unless it cannot be at its end either. Rejects with
 * ClickHouse's AppErrors.
 */
export async function publishStalePools({ terms, prices }: Basis, deps: PublishDeps): Promise<void> {
  const untilMs = await toldUntil(deps.now(), deps)
  const rows = await deps.clickhouse.query<{ hour: number }>(sql, {
    from: Math.max(0, Math.floor((untilMs - OLDEST_MS) / HOUR) * HOUR) / SECOND,
    until: untilMs / SECOND,
    terms_version: terms.version,
    has_pools: terms.pools.length > 0,
  })
  const publish = async (start_ms: number, end_ms: number) => {
    const refused = new Map<string, unknown>()
    const onRefused = (pool: string, reason: unknown) => refused.set(pool, reason)
    await publishPoolHours({ start_ms, end_ms }, terms, { ...deps, prices, untilMs, onRefused })
    return refused
  }
  for (const hours of daysOf(rows.map(({ hour }) => hour * SECOND))) {
    const [first, last] = [hours[0] as number, hours.at(-1) as number]
    const refused = await publish(first, last + HOUR)
    const atEnd = refused.size === 0 || first === last ? refused : await publish(last, last + HOUR)
    if (atEnd.size < refused.size) for (const hour of hours.slice(0, -1)) await publish(hour, hour + HOUR)
    for (const [pool, reason] of refused) tellRefused(first, 'costs of a pool', deps)(pool, reason)
  }
}

/** Hours (ms, ascending) in runs without a gap, each within one UTC day. */
function daysOf(hours: readonly number[]): number[][] {
  const runs: number[][] = []
  for (const hour of hours) {
    const run = runs.at(-1)
    if (run?.at(-1) === hour - HOUR && hour % DAY !== 0) run.push(hour)
    else runs.push([hour])
  }
  return runs
}

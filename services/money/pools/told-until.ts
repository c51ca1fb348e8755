import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { HOUR, MINUTE, SECOND } from '../../platform/clock.ts'

/**
 * Until when pool costs are told at `nowMs` (ms): hours that are over whole, whether anything was settled in them or not, since GPUs cost
 * all the same; the hour that runs up to its newest settled minute, because of the minutes after it nothing is known yet. Drafts, budgets,
 * the command and the published hours all use it, so that at one instant they say the same. Rejects with the AppErrors of ClickHouse.
 */
export async function toldUntil(nowMs: number, { clickhouse }: { clickhouse: Pick<ClickHouse, 'query'> }): Promise<number> {
  const hour = Math.floor(nowMs / HOUR) * HOUR
  const [row] = await clickhouse.query<{ newest: number }>(
    "SELECT toUnixTimestamp(max(window_start)) AS newest FROM {database}.settled_windows WHERE window_start >= {hour:DateTime('UTC')}",
    { hour: hour / SECOND },
  )
  return row === undefined || row.newest === 0 ? hour : row.newest * SECOND + MINUTE
}

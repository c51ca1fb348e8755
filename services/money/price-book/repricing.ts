/** Which settled minutes wait for prices that were imported or corrected since. */
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { SECOND } from '../../platform/clock.ts'

const repricingSql = readQuery(import.meta.url, 'repricing')
const ROWS_AT_ONCE = 50_000

/**
 * Notes that these windows (starts, ms) wait for a version of the book; to be called before settle is asked for them. Noting twice does
 * no harm.
 */
export async function noteRepriced(priceVersion: number, windowsMs: readonly number[], clickhouse: ClickHouse): Promise<void> {
  for (let at = 0; at < windowsMs.length; at += ROWS_AT_ONCE) {
    const rows = windowsMs.slice(at, at + ROWS_AT_ONCE).map(start => [priceVersion, start / SECOND])
    await clickhouse.insert('repriced_windows', ['price_version', 'window_start'], rows)
  }
}

/** How many settled minutes of [`start_ms`, `end_ms`) are still at former prices; 0: every figure is at the prices in force. */
export async function readRepricingMinutes(period: { start_ms: number; end_ms: number }, clickhouse: ClickHouse): Promise<number> {
  const [row] = await clickhouse.query<{ windows: number }>(repricingSql, {
    from: Math.floor(period.start_ms / SECOND),
    to: Math.ceil(period.end_ms / SECOND),
  })
  return row?.windows ?? 0
}

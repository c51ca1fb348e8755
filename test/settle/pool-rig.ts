import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { SECOND } from '../../services/platform/clock.ts'
import { noPrices, WINDOW_MS } from './attempt-rows.ts'
import { settleWindow } from './settle-one.ts'

let clock = WINDOW_MS
// It never stands still, as versions need it.
const now = () => ++clock
/** A moment of the window, ms since 1970 UTC. */
export const at = (second: number) => WINDOW_MS + second * SECOND
/** An engine. */
export const first = { endpoint: '10.0.0.1:8000' }

/** Settles a window without prices. */
export async function settle(clickhouse: ClickHouse, start = WINDOW_MS) {
  return await settleWindow(start, { clickhouse, prices: noPrices, now })
}

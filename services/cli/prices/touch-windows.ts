import { topics, WINDOW_TOUCHED_TOPIC } from '../../../schemas/topics.ts'
import type { WindowTouched } from '../../../schemas/window-events.ts'
import { readAffectedWindows } from '../../money/price-book/affected-windows.ts'
import { noteRepriced } from '../../money/price-book/repricing.ts'
import type { PriceBook } from '../../money/price-book/resolve.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import type { Now } from '../../platform/clock.ts'
import type { EventLog } from '../../platform/event-log/port.ts'

const RECORDS_AT_ONCE = 1_000

/**
 * Asks for the windows of [`from`, `until`) (ms; null: no end) to be settled again where the books price some attempt differently, and
 * notes that they wait for this version; gives how many. Rejects with the AppErrors of ClickHouse and of the event log; asking twice does
 * no harm.
 */
export async function touchWindows(
  version: number,
  period: { fromMs: number; untilMs: number | null },
  books: { before: PriceBook; after: PriceBook },
  deps: { clickhouse: ClickHouse; openEventLog: () => Promise<EventLog>; now: Now },
): Promise<number> {
  const windows = await readAffectedWindows(period, books, deps)
  if (windows.length === 0) return 0
  await noteRepriced(version, windows, deps.clickhouse)
  await using eventLog = await deps.openEventLog()
  await eventLog.createTopics(topics)
  const touch = { cause: 'prices', rows: 0, oldest_received_at_ms: deps.now() } as const
  for (let at = 0; at < windows.length; at += RECORDS_AT_ONCE) {
    const records = windows.slice(at, at + RECORDS_AT_ONCE).map(window_start_ms => {
      const event: WindowTouched = { window_start_ms, ...touch }
      return { key: String(window_start_ms), value: Buffer.from(JSON.stringify(event)) }
    })
    await eventLog.append(WINDOW_TOUCHED_TOPIC, records)
  }
  return windows.length
}

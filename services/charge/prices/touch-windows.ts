import { readFileSync } from 'node:fs'
import { type PriceBook, type PricedNames, resolvePrices } from '../../../money/price-book/resolve.ts'
import { topics, WINDOW_TOUCHED_TOPIC } from '../../../schemas/topics.ts'
import type { WindowTouched } from '../../../schemas/window-events.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { type Now, SECOND } from '../../platform/clock.ts'
import type { EventLog } from '../../platform/event-log/port.ts'

const sql = (name: string) => readFileSync(new URL(`../queries/${name}.sql`, import.meta.url), 'utf8')
const namesSql = sql('attempt-names')
const windowsSql = sql('windows-of-names')

/** Names that a query takes as parameters; with more, every window of the period is settled again, which is slower and gives the same figures. */
const MAX_NAMES = 200
const RECORDS_AT_ONCE = 1_000

/**
 * Asks for the settled windows of [`from`, `until`) (ms; null: no end) to be settled again where the books price some attempt differently; gives how many.
 * Rejects with the AppErrors of ClickHouse and of the event log; asking twice does no harm.
 */
export async function touchWindows(
  period: { from: number; until: number | null },
  books: { before: PriceBook; after: PriceBook },
  deps: { clickhouse: ClickHouse; openEventLog: () => Promise<EventLog>; now: Now },
): Promise<number> {
  const parameters = { from: period.from, until: period.until ?? 0 }
  const names = await deps.clickhouse.query<PricedNames>(namesSql, parameters)
  const affected = names.filter(one => JSON.stringify(resolvePrices(books.before, one)) !== JSON.stringify(resolvePrices(books.after, one)))
  if (affected.length === 0) return 0
  const named = affected.length > MAX_NAMES ? [] : affected
  const windows = await deps.clickhouse.query<{ start: number }>(windowsSql, {
    ...parameters,
    providers: named.map(one => one.provider),
    request_models: named.map(one => one.request_model),
    response_models: named.map(one => one.response_model),
    service_tiers: named.map(one => one.service_tier),
    regions: named.map(one => one.region),
  })
  if (windows.length === 0) return 0
  await using eventLog = await deps.openEventLog()
  await eventLog.createTopics(topics)
  const touch = { cause: 'prices', rows: 0, oldest_received_at_ms: deps.now() } as const
  for (let at = 0; at < windows.length; at += RECORDS_AT_ONCE) {
    const records = windows.slice(at, at + RECORDS_AT_ONCE).map(({ start }) => {
      const event: WindowTouched = { window_start_ms: start * SECOND, ...touch }
      return { key: String(event.window_start_ms), value: Buffer.from(JSON.stringify(event)) }
    })
    await eventLog.append(WINDOW_TOUCHED_TOPIC, records)
  }
  return windows.length
}

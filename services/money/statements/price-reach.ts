/** Which minutes prices reach that came after the minutes were settled: only those are not what the book says now. */
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { readAffectedWindows } from '../price-book/affected-windows.ts'
import { buildPriceBook } from '../price-book/resolve.ts'
import { readStoredPrices } from '../price-book/stored-prices.ts'
import type { Span } from './spans.ts'

/** A version of the price book; ms, `valid_to` null: open. */
interface PriceVersion {
  version: number
  valid_from: number
  valid_to: number | null
}

/**
 * Fills `price_reach`: for every version of the book that is newer than some pinned minute of the spans, the minutes of the spans that it
 * prices differently. A minute that was settled with an older version and is not among them has the same figures with the new one. Rejects
 * with ClickHouse's AppErrors.
 */
export async function writePriceReach(spans: readonly Span[], clickhouse: ClickHouse): Promise<void> {
  await clickhouse.command('TRUNCATE TABLE {database}.price_reach')
  const versions = await clickhouse.query<PriceVersion>(readQuery(import.meta.url, 'newer-versions'))
  for (const { version, valid_from, valid_to } of versions) {
    const reached = spans.filter(span => valid_from < span.end_ms && (valid_to === null || valid_to > span.start_ms))
    if (reached.length === 0) continue
    const after = await readStoredPrices(clickhouse, version)
    const books = { before: buildPriceBook(after.filter(row => row.version < version)), after: buildPriceBook(after) }
    for (const span of reached) {
      const period = { fromMs: Math.max(valid_from, span.start_ms), untilMs: Math.min(valid_to ?? span.end_ms, span.end_ms) }
      const windowsMs = await readAffectedWindows(period, books, { clickhouse })
      await clickhouse.insert(
        'price_reach',
        ['window_start', 'price_version'],
        windowsMs.map(startMs => [startMs / 1000, version]),
      )
    }
  }
}

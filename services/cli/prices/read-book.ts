import type { PriceRow } from '../../money/price-book/price-row.ts'
import { newestPriceVersion, readStoredPrices } from '../../money/price-book/stored-prices.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'

/** All prices in force and their history; `note` is told when there are none yet. */
export async function readBook(clickhouse: ClickHouse, note: (text: string) => void): Promise<PriceRow[]> {
  const version = await newestPriceVersion(clickhouse)
  if (version === 0) note('the price book is empty: it is filled when Weir starts, or by the first import')
  return await readStoredPrices(clickhouse, version)
}

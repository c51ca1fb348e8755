import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { toldUntil } from '../pools/told-until.ts'
import { newestPriceVersion } from '../price-book/stored-prices.ts'
import { readTerms } from '../terms/terms-store.ts'
import { readPositions } from './as-of.ts'
import type { DraftSource } from './draft-source.ts'
import { readFacts } from './read-facts.ts'

/**
 * What statements are made from as things stand: prices and terms in force, everything that has been settled. `draftAtMs`: for a draft at
 * that time, which leaves out what a pool costs later; a closing has the whole month.
 */
export async function liveSource(clickhouse: ClickHouse, options: { draftAtMs?: number } = {}): Promise<DraftSource> {
  const { draftAtMs } = options
  const [terms, price_version, positions, asOfMs] = await Promise.all([
    readTerms(clickhouse),
    newestPriceVersion(clickhouse),
    readPositions(clickhouse),
    draftAtMs === undefined ? undefined : toldUntil(draftAtMs, { clickhouse }),
  ])
  return { clickhouse, terms, price_version, positions, readFacts, asOfMs }
}

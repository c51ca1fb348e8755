import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { newestPriceVersion } from '../price-book/stored-prices.ts'
import { readTerms } from '../terms/terms-store.ts'
import { readPositions } from './as-of.ts'
import type { DraftSource, ReadFacts } from './draft-source.ts'
import { readFacts } from './read-facts.ts'

/**
 * What statements are made from as things stand: prices and terms in force, everything that has been settled. `draftAtMs`: for a draft at
 * that time, which leaves out what a pool will cost later; a closing has the whole month.
 */
export async function liveSource(clickhouse: ClickHouse, options: { draftAtMs?: number } = {}): Promise<DraftSource> {
  const [terms, price_version, positions] = await Promise.all([
    readTerms(clickhouse),
    newestPriceVersion(clickhouse),
    readPositions(clickhouse),
  ])
  const { draftAtMs } = options
  return { clickhouse, terms, price_version, positions, readFacts: draftAtMs === undefined ? readFacts : incurredBy(draftAtMs) }
}

/** Reserved GPUs are paid for whether they are there or not, but not before their time. */
function incurredBy(atMs: number): ReadFacts {
  return async (...args) => {
    const { charges, poolShares } = await readFacts(...args)
    return { charges, poolShares: poolShares.filter(share => share.start_ms < atMs) }
  }
}

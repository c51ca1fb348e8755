import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { newestPriceVersion } from '../price-book/stored-prices.ts'
import { readTerms } from '../terms/terms-store.ts'
import { readPositions } from './as-of.ts'
import type { DraftSource } from './build-drafts.ts'
import { readFacts } from './read-facts.ts'

/** What drafts are made from as things stand now. */
export async function liveSource(clickhouse: ClickHouse): Promise<DraftSource> {
  const [terms, price_version, positions] = await Promise.all([
    readTerms(clickhouse),
    newestPriceVersion(clickhouse),
    readPositions(clickhouse),
  ])
  return { clickhouse, terms, price_version, positions, readFacts }
}

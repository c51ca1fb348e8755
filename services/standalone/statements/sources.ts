import { newestPriceVersion } from '../../../money/price-book/stored-prices.ts'
import { readPositions } from '../../../money/statements/as-of.ts'
import type { DraftSource } from '../../../money/statements/build-drafts.ts'
import { readFacts } from '../../../money/statements/read-facts.ts'
import { readTerms } from '../../../money/terms/terms-store.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'

/** What drafts are made from as things stand now. */
export async function liveSource(clickhouse: ClickHouse): Promise<DraftSource> {
  const [terms, price_version, positions] = await Promise.all([
    readTerms(clickhouse),
    newestPriceVersion(clickhouse),
    readPositions(clickhouse),
  ])
  return { clickhouse, terms, price_version, positions, readFacts }
}

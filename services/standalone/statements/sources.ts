import { newestPriceVersion } from '../../../money/price-book/stored-prices.ts'
import { readPositions } from '../../../money/statements/as-of.ts'
import type { DraftSource } from '../../../money/statements/build-drafts.ts'
import { readFacts } from '../../../money/statements/read-facts.ts'
import type { Terms } from '../../../money/terms/terms.ts'
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

/** TEMPORARY until the document is parsed. */
export async function readTerms(_clickhouse: ClickHouse, version = 0): Promise<Terms> {
  return {
    version,
    issuer: 'Weir',
    currency: 'USD',
    time_zone: 'UTC',
    exchange_rates: [],
    tenants: [],
    rate_cards: [],
    pools: [],
    shared_costs: [],
    budgets: [],
  }
}

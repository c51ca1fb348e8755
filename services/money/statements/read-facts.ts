import type { Charge } from '../charges/charge.ts'
import { termsCuts } from '../charges/cuts.ts'
import { rateCharges } from '../charges/rate-charges.ts'
import { readQuantities } from '../charges/read-quantities.ts'
import type { PoolShare } from '../pools/allocation.ts'
import { readPoolShares } from '../pools/read-pool-costs.ts'
import type { ReadFacts } from './draft-source.ts'

/**
 * Reads a month from settled minutes: quantities of each zone's tenants, cut at its days and where terms change, rated; and the shares of
 * all pools from the earliest start to the latest end of the month in any zone. Rejects with EXCHANGE_RATE_MISSING and ClickHouse's
 * AppErrors.
 */
export const readFacts: ReadFacts = async (monthOf, terms, clickhouse, { untilMs } = {}) => {
  const zones = Map.groupBy(terms.tenants, tenant => tenant.time_zone)
  const otherZones = terms.tenants.filter(tenant => tenant.time_zone !== terms.time_zone).map(({ id }) => id)
  const charges: Charge[] = []
  for (const zone of new Set([terms.time_zone, ...zones.keys()])) {
    const month = monthOf(zone)
    // Tenants that the terms do not list have the document's zone.
    const tenants = zone === terms.time_zone ? { except: otherZones } : { only: (zones.get(zone) ?? []).map(({ id }) => id) }
    const cuts = [...month.days.map(day => day.start_ms), ...termsCuts(terms)]
    const quantities = await readQuantities({ period: month, cuts, tenants, hasRoutes: false }, clickhouse)
    for (const charge of rateCharges(quantities, terms)) charges.push(charge)
  }
  const months = [terms.time_zone, ...zones.keys()].map(monthOf)
  const span = { start_ms: Math.min(...months.map(one => one.start_ms)), end_ms: Math.max(...months.map(one => one.end_ms)) }
  const poolShares: PoolShare[] = []
  if (terms.pools.length > 0) {
    const deps = untilMs === undefined ? { clickhouse } : { clickhouse, untilMs }
    for await (const day of readPoolShares(span, terms, deps)) for (const share of day) poolShares.push(share)
  }
  return { charges, poolShares }
}

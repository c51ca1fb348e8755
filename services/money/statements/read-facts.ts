import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { SECOND } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import type { Charge, ChargeQuantity } from '../charges/charge.ts'
import { termsCuts } from '../charges/cuts.ts'
import { rateCharges } from '../charges/rate-charges.ts'
import { readQuantities } from '../charges/read-quantities.ts'
import type { Decimal } from '../decimal.ts'
import type { PoolShare } from '../pools/allocation.ts'
import { readPoolShares } from '../pools/read-pool-costs.ts'
import type { Terms } from '../terms/terms.ts'
import { HOUSE_TENANT, HOUSE_TENANTS } from './detail.ts'
import type { Calendar, FactOptions, MonthReading, ReadFacts } from './draft-source.ts'
import { isDividedBySpending, sharedCostsOf, statementTenant, tenantTerms } from './month-details.ts'
import type { Span } from './spans.ts'

const chargedTenantsSql = readQuery(import.meta.url, 'charged-tenants')
/** Other tenants whose quantities are read at once, only to be summed. */
const SUMMED_AT_ONCE = 20

/**
 * Reads a month from settled minutes: quantities of the tenants asked for (all, unless told), each in its zone, cut at its days and where
 * terms change, rated; of the others no more than what they spent, and that only where a shared cost is divided by it; and the shares of
 * all pools from the earliest start to the latest end of the month in any zone. A tenant that cannot be rated is a fault of its own.
 * Rejects with STATEMENT_TOO_LARGE past `maxQuantities`, with EXCHANGE_RATE_MISSING of a pool, and ClickHouse's AppErrors.
 */
export const readFacts: ReadFacts = async (monthOf, terms, clickhouse, options = {}) => {
  const zones = [...new Set([terms.time_zone, ...terms.tenants.map(tenant => tenant.time_zone)])]
  const months = zones.map(monthOf)
  const span = { start_ms: Math.min(...months.map(one => one.start_ms)), end_ms: Math.max(...months.map(one => one.end_ms)) }
  const faults = new Map<string, AppError>()
  const charges = await readCharges(options.tenants, { monthOf, terms, clickhouse, faults, maxQuantities: options.maxQuantities })
  const spent = await readSpent(span, options, { monthOf, terms, clickhouse, faults })
  const poolShares: PoolShare[] = []
  if (terms.pools.length > 0) {
    const { untilMs } = options
    const deps = untilMs === undefined ? { clickhouse } : { clickhouse, untilMs }
    for await (const day of readPoolShares(span, terms, deps)) for (const share of day) poolShares.push(share)
  }
  return { charges, poolShares, spent, faults } satisfies MonthReading
}

interface Reading {
  monthOf: Calendar
  terms: Terms
  clickhouse: ClickHouse
  faults: Map<string, AppError>
  maxQuantities?: number | undefined
}

/** Charges of tenants of statements (undefined: all), each within the month of its zone. */
async function readCharges(asked: readonly string[] | undefined, reading: Reading): Promise<Charge[]> {
  const { monthOf, terms, clickhouse } = reading
  const zones = Map.groupBy(terms.tenants, tenant => tenant.time_zone)
  const otherZones = terms.tenants.filter(tenant => tenant.time_zone !== terms.time_zone).map(({ id }) => id)
  const charges: Charge[] = []
  for (const zone of new Set([terms.time_zone, ...zones.keys()])) {
    const own = asked && namesOf(asked.filter(id => tenantTerms(terms, id).time_zone === zone))
    if (own?.length === 0) continue
    // Tenants that the terms do not list have the document's zone.
    const all = zone === terms.time_zone ? { except: otherZones } : { only: (zones.get(zone) ?? []).map(({ id }) => id) }
    const month = monthOf(zone)
    const cuts = [...month.days.map(day => day.start_ms), ...termsCuts(terms)]
    const quantities = await readQuantities(
      { period: month, cuts, tenants: own ? { only: own } : all, hasRoutes: false, most: reading.maxQuantities },
      clickhouse,
    )
    for (const charge of rateApart(quantities, reading)) charges.push(charge)
  }
  return charges
}

/** Charges of all tenants that can be rated; of the others why not. */
function rateApart(quantities: readonly ChargeQuantity[], { terms, faults }: Pick<Reading, 'terms' | 'faults'>): Charge[] {
  return [...Map.groupBy(quantities, one => statementTenant(one.tenant_id))].flatMap(([id, own]) => {
    try {
      return rateCharges(own, terms)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      faults.set(id, error)
      return []
    }
  })
}

/** What each tenant that is not asked for spent, in its currency, where a shared cost of those that are is divided by it. */
async function readSpent(span: Span, { tenants }: FactOptions, reading: Reading): Promise<Map<string, Decimal>> {
  const spent = new Map<string, Decimal>()
  if (tenants === undefined) return spent
  const { terms, clickhouse } = reading
  const shared = sharedCostsOf(terms, reading.monthOf(terms.time_zone)).filter(
    one => isDividedBySpending(one) && (one.tenants.length === 0 || one.tenants.some(id => tenants.includes(id))),
  )
  if (shared.length === 0) return spent
  const rows = await clickhouse.query<{ tenant_id: string }>(chargedTenantsSql, {
    from: span.start_ms / SECOND,
    to: span.end_ms / SECOND,
  })
  const isBearer = (id: string) => shared.some(one => one.tenants.length === 0 || one.tenants.includes(id))
  const others = rows.map(row => row.tenant_id).filter(id => !HOUSE_TENANTS.includes(id) && !tenants.includes(id) && isBearer(id))
  for (let at = 0; at < others.length; at += SUMMED_AT_ONCE) {
    const some = others.slice(at, at + SUMMED_AT_ONCE)
    for (const { tenant_id, effective_cost } of await readCharges(some, { ...reading, maxQuantities: undefined }))
      spent.set(tenant_id, (spent.get(tenant_id) ?? 0n) + effective_cost)
  }
  return spent
}

/** The tenant ids of settled charges that stand on the statements of these tenants. */
function namesOf(tenants: readonly string[]): string[] {
  return tenants.flatMap(id => (id === HOUSE_TENANT ? HOUSE_TENANTS : [id]))
}

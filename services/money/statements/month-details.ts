import type { Charge } from '../charges/charge.ts'
import type { Decimal } from '../decimal.ts'
import type { PoolShare } from '../pools/allocation.ts'
import type { SharedCost, TenantTerms, Terms, Validity } from '../terms/terms.ts'
import { type Convert, poolDetails, sharedCostDetails } from './allocated-details.ts'
import type { BillingMonth } from './billing-month.ts'
import { coverCharges } from './commitments.ts'
import { type Detail, HOUSE_TENANT, HOUSE_TENANTS } from './detail.ts'
import { type PoolDayShare, poolDays } from './pool-days.ts'
import { allocateSharedCost, type SharedCostPart } from './shared-costs.ts'
import { usageDetails } from './usage-details.ts'

/** What one billing month of all tenants is made from. */
export interface MonthFacts {
  /** The month in any zone (billing-month.ts). */
  monthOf: (timeZone: string) => BillingMonth
  terms: Terms
  /** Of all tenants, each within the month of its own zone, cut at its days, in its currency. */
  charges: readonly Charge[]
  /** Of all pools, from the earliest start to the latest end of the month in any tenant's zone, cut where one begins. */
  poolShares: readonly PoolShare[]
  convert: Convert
}

/**
 * The details of a month by tenant, without corrections and adjustments: usage, commitments, pools and shared costs. What no tenant is
 * charged for stands under HOUSE_TENANT. Tenants without charges are left out unless a term bills them. Pure; the order of charges and
 * shares does not matter.
 */
export function monthDetails(facts: MonthFacts): Map<string, Detail[]> {
  const { terms, convert, monthOf } = facts
  const charges = Map.groupBy(facts.charges, charge => statementTenant(charge.tenant_id))
  const shares = sharesByTenant(facts)
  const listed = terms.tenants.map(tenant => tenant.id)
  const tenants = [...new Set([...charges.keys(), ...shares.keys(), ...listed])].sort()
  const allocatedPools = new Set([...terms.pools.map(({ pool }) => pool), ...facts.poolShares.map(({ pool }) => pool)])
  const details = new Map<string, Detail[]>()
  const effective = new Map<string, { cost: Decimal; currency: string }>()
  for (const id of tenants) {
    const tenant = tenantTerms(terms, id)
    const month = monthOf(tenant.time_zone)
    const covered = coverCharges(charges.get(id) ?? [], commitmentsOf(terms, tenant, month, convert), month)
    const pools = poolDetails(shares.get(id) ?? [], tenant.currency, convert)
    const usage = usageDetails(covered.charges, month, allocatedPools)
    const own = [...usage, ...pools]
    if (own.length > 0 && id !== HOUSE_TENANT) {
      effective.set(id, { cost: own.reduce((sum, { effective_cost }) => sum + effective_cost, 0n), currency: tenant.currency })
    }
    const all = [...own, ...covered.details]
    if (all.length > 0) details.set(id, all)
  }
  for (const [id, parts] of sharedCostParts(facts, effective)) {
    const tenant = tenantTerms(terms, id)
    const shared = sharedCostDetails(parts, monthOf(tenant.time_zone), tenant.currency, convert)
    if (shared.length > 0) details.set(id, [...(details.get(id) ?? []), ...shared])
  }
  return details
}

/** Whose statement a tenant id of charges and shares stands on. */
export function statementTenant(tenantId: string): string {
  return HOUSE_TENANTS.includes(tenantId) ? HOUSE_TENANT : tenantId
}

/** Who a tenant is by the terms; one that they do not list has its id as name and the document's currency and zone. */
export function tenantTerms(terms: Terms, id: string): TenantTerms {
  const listed = terms.tenants.find(tenant => tenant.id === id)
  const { currency, time_zone } = terms
  const name = id === HOUSE_TENANT ? 'Costs of no tenant' : id
  return listed ?? { id, name, currency, time_zone, team: '', cost_centre: '', gl_code: '', tags: {}, rate_card: '' }
}

/** Whether a term holds at an instant. */
export function isInForce({ valid_from_ms, valid_to_ms }: Validity, atMs: number): boolean {
  return valid_from_ms <= atMs && (valid_to_ms === null || atMs < valid_to_ms)
}

/** Shared costs of the month; they hold for the whole of a month that begins, in the document's zone, while they are in force. */
export function sharedCostsOf(terms: Terms, month: Pick<BillingMonth, 'start_ms'>): SharedCost[] {
  return terms.shared_costs.filter(shared => isInForce(shared, month.start_ms))
}

function sharesByTenant(facts: MonthFacts): Map<string, PoolDayShare[]> {
  const tenants = [...new Set(facts.poolShares.map(share => share.tenant_id))]
  const zones = Map.groupBy(tenants, id => tenantTerms(facts.terms, statementTenant(id)).time_zone)
  const byTenant = new Map<string, PoolDayShare[]>()
  for (const [zone, ids] of zones) {
    const inZone = new Set(ids)
    for (const share of poolDays(facts.poolShares, facts.monthOf(zone))) {
      if (!inZone.has(share.tenant_id)) continue
      const id = statementTenant(share.tenant_id)
      const known = byTenant.get(id)
      if (known) known.push(share)
      else byTenant.set(id, [share])
    }
  }
  return byTenant
}

function commitmentsOf(terms: Terms, tenant: TenantTerms, month: BillingMonth, convert: Convert) {
  const card = terms.rate_cards.find(({ id }) => id === tenant.rate_card)
  return (card?.commitments ?? [])
    .filter(commitment => isInForce(commitment, month.start_ms))
    .map(({ id, match, amount, currency }) => ({ id, match, amount: convert(amount, currency, tenant.currency, month.start_ms).amount }))
}

function sharedCostParts(
  { terms, convert, monthOf }: MonthFacts,
  effective: ReadonlyMap<string, { cost: Decimal; currency: string }>,
): Map<string, SharedCostPart[]> {
  const month = monthOf(terms.time_zone)
  const parts = sharedCostsOf(terms, month).flatMap(shared => {
    const costs = [...effective].map(
      ([id, { cost, currency }]) => [id, convert(cost, currency, shared.currency, month.start_ms).amount] as const,
    )
    return allocateSharedCost(shared, new Map(costs))
  })
  return Map.groupBy(parts, part => part.tenant_id)
}

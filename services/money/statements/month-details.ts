import { AppError } from '../../platform/errors.ts'
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
  /** Of the tenants asked for, each within the month of its own zone, cut at its days, in its currency. */
  charges: readonly Charge[]
  /** Of all pools, from the earliest start to the latest end of the month in any tenant's zone, cut where one begins. */
  poolShares: readonly PoolShare[]
  convert: Convert
  /** Tenants of statements that are asked for; undefined: all. */
  tenants?: readonly string[] | undefined
  /** What the charges of other tenants come to, in the currency of each, where a shared cost is divided by it. */
  spent?: ReadonlyMap<string, Decimal>
  /** Tenants whose charges are missing because they cannot be rated, and why. */
  faults?: ReadonlyMap<string, AppError>
}

/** Details of a month by tenant; `faults`: tenants whose details cannot be made, and why. */
export interface MonthDetails {
  details: Map<string, Detail[]>
  faults: Map<string, AppError>
}

/** What a tenant spent on usage and pools, in its currency: shared costs are divided by it. */
type Spending = Map<string, { cost: Decimal; currency: string }>

/** As `monthDetailsApart`, for all tenants. Throws the fault of the first tenant that has one. */
export function monthDetails(facts: MonthFacts): Map<string, Detail[]> {
  const { details, faults } = monthDetailsApart(facts)
  for (const fault of faults.values()) throw fault
  return details
}

/**
 * The details of a month by tenant, without corrections and adjustments: usage, commitments, pools and shared costs. What no tenant is
 * charged for stands under HOUSE_TENANT. Tenants without charges are left out unless a term bills them. What cannot be computed of one
 * tenant (no exchange rate, say) is its fault alone, unless a shared cost that others bear is divided by it. Pure; the order of charges and
 * shares does not matter.
 */
export function monthDetailsApart(facts: MonthFacts): MonthDetails {
  const { terms } = facts
  const charges = Map.groupBy(facts.charges, charge => statementTenant(charge.tenant_id))
  const shares = sharesByTenant(facts)
  const listed = terms.tenants.map(tenant => tenant.id)
  const spent = facts.spent ?? new Map<string, Decimal>()
  const tenants = [...new Set([...charges.keys(), ...shares.keys(), ...listed, ...spent.keys()])].sort()
  const allocatedPools = new Set([...terms.pools.map(({ pool }) => pool), ...facts.poolShares.map(({ pool }) => pool)])
  const details = new Map<string, Detail[]>()
  const faults = new Map(facts.faults)
  const spending: Spending = new Map()
  for (const id of tenants) {
    apart(id, faults, () => {
      const own = ownDetails(
        tenantTerms(terms, id),
        { charges: charges.get(id) ?? [], shares: shares.get(id) ?? [] },
        allocatedPools,
        facts,
      )
      if (own.spent.length > 0 || spent.has(id)) {
        const cost = own.spent.reduce((sum, { effective_cost }) => sum + effective_cost, spent.get(id) ?? 0n)
        if (id !== HOUSE_TENANT) spending.set(id, { cost, currency: tenantTerms(terms, id).currency })
      }
      if (own.all.length > 0) details.set(id, own.all)
    })
  }
  addSharedCosts(details, faults, spending, facts)
  return { details, faults }
}

function ownDetails(
  tenant: TenantTerms,
  { charges, shares }: { charges: readonly Charge[]; shares: readonly PoolDayShare[] },
  allocatedPools: ReadonlySet<string>,
  facts: MonthFacts,
): { spent: Detail[]; all: Detail[] } {
  const { terms, convert, monthOf } = facts
  const pools = poolDetails(shares, tenant.currency, convert)
  if (!isAsked(tenant.id, facts)) return { spent: pools, all: [] }
  const month = monthOf(tenant.time_zone)
  const covered = coverCharges(charges, commitmentsOf(terms, tenant, month, convert), month)
  const spent = [...usageDetails(covered.charges, month, allocatedPools), ...pools]
  return { spent, all: [...spent, ...covered.details] }
}

/** Adds the parts of shared costs. One that is divided by what somebody spent whose charges are a fault is a fault of all who bear it. */
function addSharedCosts(details: Map<string, Detail[]>, faults: Map<string, AppError>, spending: Spending, facts: MonthFacts): void {
  const { terms, monthOf, convert } = facts
  const missing = [...faults.keys()].filter(id => id !== HOUSE_TENANT)
  for (const shared of sharedCostsOf(terms, monthOf(terms.time_zone))) {
    const isUnknown = isDividedBySpending(shared) && missing.some(id => shared.tenants.length === 0 || shared.tenants.includes(id))
    const parts = new Map<string, SharedCostPart>()
    for (const id of bearersOf(shared, spending)) {
      apart(id, faults, () => {
        if (isUnknown) throw notDivided(shared)
        if (parts.size === 0) for (const part of sharedCostParts(shared, spending, facts)) parts.set(part.tenant_id, part)
        const part = parts.get(id)
        if (part === undefined || !isAsked(id, facts)) return
        const tenant = tenantTerms(terms, id)
        const added = sharedCostDetails([part], monthOf(tenant.time_zone), tenant.currency, convert)
        if (added.length > 0) details.set(id, [...(details.get(id) ?? []), ...added])
      })
    }
  }
}

/** Whether who spends, or how much, decides the parts of a shared cost. */
export function isDividedBySpending({ rule, tenants }: SharedCost): boolean {
  return rule === 'proportional' || (rule === 'even' && tenants.length === 0)
}

/** Everybody who may bear a part of a shared cost. */
function bearersOf(shared: SharedCost, spending: Spending): string[] {
  if (shared.rule === 'fixed') return Object.keys(shared.shares)
  const named = shared.tenants.length > 0 ? shared.tenants : [...spending.keys()]
  return [...new Set([...named, ...(named.length === 0 ? [HOUSE_TENANT] : [])])]
}

/** Says nothing of who it is: tenants read it. */
function notDivided({ id }: SharedCost): AppError {
  return new AppError(
    'STATEMENT_INVALID',
    `shared cost "${id}" is divided by what tenants spent, and what one of them spent cannot be computed: "weir statements draft" says why`,
  )
}

function isAsked(id: string, { tenants }: MonthFacts): boolean {
  return tenants === undefined || tenants.includes(id)
}

/** Does something about one tenant, whose fault an AppError is. Who has a fault already is left alone. */
function apart(id: string, faults: Map<string, AppError>, work: () => void): void {
  if (faults.has(id)) return
  try {
    work()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    faults.set(id, error)
  }
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

function sharedCostParts(shared: SharedCost, spending: Spending, { terms, convert, monthOf }: MonthFacts): SharedCostPart[] {
  const month = monthOf(terms.time_zone)
  const isConverted = shared.rule === 'proportional'
  const costs = [...spending].map(([id, { cost, currency }]) => {
    return [id, isConverted ? convert(cost, currency, shared.currency, month.start_ms).amount : cost] as const
  })
  return allocateSharedCost(shared, new Map(costs))
}

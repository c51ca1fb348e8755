import type { Decimal } from '../decimal.ts'
import { shareOut } from '../share-out.ts'
import type { SharedCost } from '../terms/terms.ts'
import { HOUSE_TENANT } from './detail.ts'

/** What one tenant bears of a shared cost, in the currency of the cost. */
export interface SharedCostPart {
  shared_cost: SharedCost
  tenant_id: string
  /** The ratios of a shared cost sum to exactly 1. */
  allocated_ratio: Decimal
  cost: Decimal
}

const ONE = 10n ** 18n

/**
 * Divides a shared cost among tenants by its rule. `effectiveCosts`: of every tenant with charges in the month, in the currency of the
 * shared cost. Where the rule finds nobody, the house bears it: a cost never vanishes. Units that are left go by largest remainder, ties by
 * tenant id.
 */
export function allocateSharedCost(shared: SharedCost, effectiveCosts: ReadonlyMap<string, Decimal>): SharedCostPart[] {
  const named =
    shared.rule === 'fixed' ? Object.keys(shared.shares) : shared.tenants.length > 0 ? shared.tenants : [...effectiveCosts.keys()]
  const tenants = named.length > 0 ? [...new Set(named)].sort() : [HOUSE_TENANT]
  const weights = tenants.map(tenant => weightOf(shared, tenant, effectiveCosts))
  const ratios = shareOut(ONE, weights)
  const costs = shareOut(shared.amount, weights)
  return tenants.map((tenant_id, index) => ({
    shared_cost: shared,
    tenant_id,
    allocated_ratio: ratios[index] as Decimal,
    cost: costs[index] as Decimal,
  }))
}

function weightOf(shared: SharedCost, tenant: string, effectiveCosts: ReadonlyMap<string, Decimal>): bigint {
  if (shared.rule === 'even') return 1n
  if (shared.rule === 'fixed') return shared.shares[tenant] ?? 0n
  const cost = effectiveCosts.get(tenant) ?? 0n
  return cost > 0n ? cost : 0n
}

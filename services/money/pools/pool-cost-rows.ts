/** Pool costs as rows for people and JSON: money and hours as decimal text, times as ISO 8601. */
import { type Decimal, formatDecimal } from '../decimal.ts'
import type { PoolShare } from './allocation.ts'
import { type PoolCost, unitCosts } from './pool-cost.ts'

/** A share summed over periods. */
export type ShareTotal = Pick<PoolShare, 'pool' | 'tenant_id' | 'model' | 'kind' | 'gpu_hours' | 'cost' | 'currency'> & { reason: string }

/** Sums of shares, added to as they come. */
export interface ShareTotals {
  byKey: Map<string, ShareTotal>
  /** By pool, tenant, model, kind and reason, in the order of their code units. */
  rows(): ShareTotal[]
}

/** No shares yet. */
export function shareTotals(): ShareTotals {
  const byKey = new Map<string, ShareTotal>()
  return { byKey, rows: () => [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, total]) => total) }
}

/** Adds shares to the sums. */
export function addShares({ byKey }: ShareTotals, shares: readonly PoolShare[]): void {
  for (const { pool, tenant_id, model, kind, reason = '', gpu_hours, cost, currency } of shares) {
    const key = [pool, tenant_id, model, kind, reason, currency].join('\u0000')
    const held = byKey.get(key)
    if (held) {
      held.gpu_hours += gpu_hours
      held.cost += cost
    } else byKey.set(key, { pool, tenant_id, model, kind, reason, gpu_hours, cost, currency })
  }
}

/** A sum of shares as a row. */
export function shareRow({ gpu_hours, cost, ...names }: ShareTotal): Record<string, unknown> {
  return { ...names, gpu_hours: formatDecimal(gpu_hours), cost: formatDecimal(cost) }
}

/** A pool's cost and use as a row, with its unit costs. */
export function poolCostRow(cost: PoolCost): Record<string, unknown> {
  const { pool, start_ms, end_ms, ...rest } = cost
  const whole = { pool, from: new Date(start_ms).toISOString(), to: new Date(end_ms).toISOString(), ...rest, ...unitCosts(cost) }
  return Object.fromEntries(Object.entries(whole).map(([name, value]) => [name, textOf(value)]))
}

function textOf(value: string | number | Decimal | null): string | number | null {
  return typeof value === 'bigint' ? formatDecimal(value) : value
}

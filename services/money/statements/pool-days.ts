import type { PoolShare } from '../pools/allocation.ts'
import { shareOut } from '../share-out.ts'
import type { BillingMonth } from './billing-month.ts'
import { dayAt } from './usage-details.ts'

/** A tenant's part of a pool's cost on one billing day of a zone. The ratios of a pool's day sum to exactly 1 over all who share it. */
export interface PoolDayShare extends PoolShare {
  /** The kinds of shares are told apart by it in FOCUS. */
  allocated_method: string
}

/**
 * Shares of a month by billing day of its zone, of all tenants together: the ratio of one says nothing without the others. Shares outside
 * the month are left out.
 */
export function poolDays(shares: readonly PoolShare[], month: BillingMonth): PoolDayShare[] {
  const days = new Map<string, PoolDayShare>()
  for (const share of shares) {
    if (share.start_ms < month.start_ms || share.start_ms >= month.end_ms) continue
    const day = dayAt(month, share.start_ms)
    const key = [share.pool, day.start_ms, share.currency, share.tenant_id, share.model, share.kind, share.reason ?? ''].join('\u0000')
    const known = days.get(key)
    if (known) {
      known.gpu_hours += share.gpu_hours
      known.cost += share.cost
    } else {
      days.set(key, { ...share, start_ms: day.start_ms, end_ms: day.end_ms, allocated_method: `pool_${share.kind}` })
    }
  }
  const ordered = [...days.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, share]) => share)
  const origins = Map.groupBy(ordered, share => [share.pool, share.start_ms, share.currency].join('\u0000'))
  for (const origin of origins.values()) {
    const ratios = shareOut(
      10n ** 18n,
      origin.map(share => share.cost),
    )
    for (const [index, share] of origin.entries()) share.allocated_ratio = ratios[index] as bigint
  }
  return ordered
}

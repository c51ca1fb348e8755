import { type BillingDay, billingMonthAt, buildBillingMonth, shiftMonth } from '../../money/statements/billing-month.ts'
import type { Terms } from '../../money/terms/terms.ts'
import type { Period } from '../http/period.ts'

/** The days of a period on the calendar of every tenant. */
export interface BillingDays {
  /** Instants, ms, at which a day begins in some tenant's zone. */
  starts: readonly number[]
  /** YYYY-MM-DD on the tenant's calendar of an instant within the period. */
  dateOf(tenantId: string, atMs: number): string
}

/** Billing months are counted from 2000 on; nothing was metered before. */
const CALENDAR_MS = Date.UTC(2000, 0, 2)

/** Builds the days. Tenants that the terms do not list have the zone of the document. */
export function buildBillingDays(terms: Pick<Terms, 'tenants' | 'time_zone'>, period: Period): BillingDays {
  const zoneOf = new Map(terms.tenants.map(tenant => [tenant.id, tenant.time_zone]))
  const zones = new Set([terms.time_zone, ...zoneOf.values()])
  const daysOf = new Map([...zones].map(zone => [zone, daysIn(zone, period)]))
  return {
    starts: [...daysOf.values()].flat().map(day => day.start_ms),
    dateOf(tenantId, atMs) {
      const days = daysOf.get(zoneOf.get(tenantId) ?? terms.time_zone) ?? []
      return days[lastFrom(days, atMs)]?.date ?? ''
    },
  }
}

function daysIn(zone: string, { fromMs, toMs }: Period): BillingDay[] {
  const days: BillingDay[] = []
  const last = billingMonthAt(toMs, zone)
  for (let month = billingMonthAt(Math.max(fromMs, CALENDAR_MS), zone); month <= last; month = shiftMonth(month, 1))
    days.push(...buildBillingMonth(month, zone).days)
  return days
}

/** Index of the last day that does not begin after `atMs`. */
function lastFrom(days: readonly BillingDay[], atMs: number): number {
  let [low, high] = [0, days.length]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((days[middle] as BillingDay).start_ms <= atMs) low = middle
    else high = middle
  }
  return low
}

/**
 * A pool's cost of one period → shares of it. Busy time is the measured part × utilisation and goes to whoever worked; idle is the rest of
 * the measured part and goes by policy; what was not measured is nobody's. Formulas and sources: docs/pools.md.
 */
import { MINUTE } from '../../platform/clock.ts'
import { add, type Decimal, parseDecimal } from '../decimal.ts'
import { shareOut } from '../share-out.ts'
import type { PoolTerms } from '../terms/terms.ts'
import { type PoolAllocation, type PoolPeriod, type PoolShare, UNATTRIBUTED_TENANT } from './allocation.ts'
import { type IdleBasis, idleWeights } from './idle-policy.ts'
import { inForce, type PoolMoney, periodCost } from './period-cost.ts'
import { type WeighedWork, weighWork } from './work-weights.ts'

const ONE = parseDecimal('1')

/** A share's identity and its part of the period's time, as an integer of a scale common to the period. */
export type WeighedShare = Pick<PoolShare, 'tenant_id' | 'model' | 'kind' | 'reason'> & { weight: bigint }

/**
 * Shares of a period's cost. Costs sum to the cost, GPU-hours to the GPU-hours and ratios to exactly 1, each by largest remainder at 18
 * digits; ties go to the smaller tenant id, then model, then kind (by code unit). The order of the work changes nothing. Errors: see
 * periodCost.
 */
export function allocatePoolPeriod(period: PoolPeriod, terms: PoolTerms, money: PoolMoney): PoolAllocation {
  const { pool, start_ms, end_ms } = period
  const { currency } = money
  const { gpu_hours, cost, parts } = periodCost(period, terms, money)
  const weighed = weighShares(period, terms, gpu_hours)
  const weights = weighed.map(({ weight }) => weight)
  const [ratios, hours, costs] = [ONE, gpu_hours, cost].map(total => shareOut(total, weights)) as [Decimal[], Decimal[], Decimal[]]
  const shares = weighed.map(({ weight: _, ...identity }, index): PoolShare => {
    const [allocated_ratio, gpu_hours, cost] = [ratios[index], hours[index], costs[index]] as [Decimal, Decimal, Decimal]
    return { pool, start_ms, end_ms, ...identity, allocated_ratio, gpu_hours, cost, currency }
  })
  return { pool, start_ms, end_ms, gpu_hours, cost, currency, parts, shares }
}

/** Every share that is more than nothing, in the order that decides ties. */
function weighShares(period: PoolPeriod, terms: PoolTerms, gpuHours: Decimal): WeighedShare[] {
  const durationMs = BigInt(period.end_ms - period.start_ms)
  const measuredMs = measuredTimeMs(period, durationMs)
  const utilisation = clamped(period.utilisation_ratio ?? 0n)
  const work = weighWork(period.work, terms)
  const total = add(...work.map(({ weight }) => weight))
  // One scale for all: time × 1 × the weights' sum, so that every division below is exact.
  const scale = total > 0n ? total : 1n
  const busy = measuredMs * utilisation
  const idle: IdleBasis = {
    idle: measuredMs * (ONE - utilisation) * scale,
    measured: measuredMs * ONE * scale,
    gpuMs: gpuHours * 3_600_000n,
    durationMs,
    busyOf: tenant_id => busy * add(...work.filter(one => one.tenant_id === tenant_id).map(({ weight }) => weight)),
  }
  const unattributed = { tenant_id: UNATTRIBUTED_TENANT, model: '', kind: 'unattributed' } as const
  return merged([
    ...work.map(({ tenant_id, model, weight }) => ({ tenant_id, model, kind: 'busy' as const, weight: busy * weight })),
    { ...unattributed, reason: 'no_work', weight: total > 0n ? 0n : busy * scale },
    { ...unattributed, reason: 'not_measured', weight: (durationMs - measuredMs) * ONE * scale },
    ...idleShares(work, terms, period, idle),
  ])
}

/** Idle time by policy, at the scale of the busy time; the policy weighs at a scale of its own. */
function idleShares(work: readonly WeighedWork[], terms: PoolTerms, period: PoolPeriod, basis: IdleBasis): WeighedShare[] {
  const reservations = inForce(terms.reservations, period, 'reservation')
  const takers = idleWeights(work, { policy: terms.idle, owner: terms.owner, reservations }, basis)
  const sorted = [...takers].sort(byIdentity)
  const weights = shareOut(
    basis.idle,
    sorted.map(({ weight }) => weight),
  )
  return sorted.map((taker, index) => ({ ...taker, weight: weights[index] as bigint }))
}

function measuredTimeMs(period: PoolPeriod, durationMs: bigint): bigint {
  if (period.utilisation_ratio === null) return 0n
  const measuredMs = BigInt(period.measured_minutes * MINUTE)
  return measuredMs < durationMs ? measuredMs : durationMs
}

function clamped(ratio: Decimal): Decimal {
  return ratio < 0n ? 0n : ratio > ONE ? ONE : ratio
}

function merged(shares: readonly WeighedShare[]): WeighedShare[] {
  const byKey = new Map<string, WeighedShare>()
  for (const share of shares) {
    if (share.weight === 0n) continue
    const key = JSON.stringify([share.tenant_id, share.model, share.kind, share.reason])
    const held = byKey.get(key)
    byKey.set(key, held ? { ...held, weight: held.weight + share.weight } : share)
  }
  return [...byKey.values()].sort(byIdentity)
}

/** The order that decides ties: tenant, model, kind, reason, by code unit. */
function byIdentity(a: Omit<WeighedShare, 'weight'>, b: Omit<WeighedShare, 'weight'>): number {
  return before(a.tenant_id, b.tenant_id) || before(a.model, b.model) || before(a.kind, b.kind) || before(a.reason ?? '', b.reason ?? '')
}

function before(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

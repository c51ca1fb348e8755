/** Who bears the time in which a pool's GPUs did nothing. */
import { add, type Decimal } from '../decimal.ts'
import type { PoolReservation, PoolTerms } from '../terms/terms.ts'
import { IDLE_TENANT, type PoolShare } from './allocation.ts'
import type { WeighedWork } from './work-weights.ts'

/** A period's measured time at one common scale. */
export interface IdleBasis {
  idle: bigint
  /** Busy and idle. */
  measured: bigint
  /** GPU-milliseconds of the period, 18 digits. */
  gpuMs: Decimal
  durationMs: bigint
  /** Busy time of a tenant. */
  busyOf: (tenant_id: string) => bigint
}

/** The part of the terms that decides. */
export interface IdlePolicy {
  policy: PoolTerms['idle']
  owner: string
  /** Those in force. */
  reservations: readonly PoolReservation[]
}

/** Who takes idle time, in proportion to the weights. */
export type IdleTaker = Pick<PoolShare, 'tenant_id' | 'model' | 'kind'> & { weight: bigint }

/**
 * Takers by policy: `weighted` as the work; `even` among the tenants that sent any; `owner`; `reservations` each to its holder as far as
 * the holder's own busy time leaves it unused (a holder bears the larger of reservation and use, as OpenCost's max(request, usage)), cut in
 * proportion where they are larger than the idle time, the rest kept apart. Kept apart also where a policy finds nobody: no work, no owner,
 * no reservation.
 */
export function idleWeights(work: readonly WeighedWork[], policy: IdlePolicy, basis: IdleBasis): IdleTaker[] {
  const takers = takersOf(work, policy, basis).filter(({ weight }) => weight > 0n)
  return takers.length > 0 ? takers : [kept(1n)]
}

function takersOf(work: readonly WeighedWork[], { policy, owner, reservations }: IdlePolicy, basis: IdleBasis): IdleTaker[] {
  switch (policy) {
    case 'kept':
      return []
    case 'weighted':
      return work.map(one => ({ ...one, kind: 'idle' }))
    case 'even':
      return [...new Set(work.map(({ tenant_id }) => tenant_id))].map(tenant_id => taker(tenant_id, 1n))
    case 'owner':
      return owner === '' ? [] : [taker(owner, 1n)]
    case 'reservations':
      return unusedReservations(reservations, basis)
  }
}

function unusedReservations(
  reservations: readonly PoolReservation[],
  { idle, measured, gpuMs, durationMs, busyOf }: IdleBasis,
): IdleTaker[] {
  const reserved = new Map<string, number>()
  for (const { tenant_id, gpus } of reservations) reserved.set(tenant_id, (reserved.get(tenant_id) ?? 0) + gpus)
  // Time at the basis' scale × gpuMs, so that nothing is rounded: a reservation's part of the measured time is gpus × duration ÷ gpuMs.
  const unused = [...reserved].map(([tenant_id, gpus]) => {
    const left = measured * BigInt(gpus) * durationMs * 10n ** 18n - busyOf(tenant_id) * gpuMs
    return taker(tenant_id, left > 0n ? left : 0n)
  })
  const rest = idle * gpuMs - add(...unused.map(({ weight }) => weight))
  return rest > 0n ? [...unused, kept(rest)] : unused
}

function taker(tenant_id: string, weight: bigint): IdleTaker {
  return { tenant_id, model: '', kind: 'idle', weight }
}

function kept(weight: bigint): IdleTaker {
  return taker(IDLE_TENANT, weight)
}

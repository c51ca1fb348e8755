/** What a reader wants to know of a pool's cost beside everybody's share. */
import { type Decimal, divide, multiplyByCount, parseDecimal } from '../decimal.ts'
import type { PoolAllocation, PoolShare } from './allocation.ts'
import { type MeasuredPeriod, minutesOf } from './read-pool-use.ts'

/**
 * A pool's cost in a period, or summed over several, with what explains it. Costs in `currency`; busy + idle + unattributed = cost,
 * exactly.
 */
export interface PoolCost {
  pool: string
  start_ms: number
  end_ms: number
  currency: string
  cost: Decimal
  busy_cost: Decimal
  /** Idle time, also where a policy gives it to tenants. */
  idle_cost: Decimal
  unattributed_cost: Decimal
  gpu_hours: Decimal
  /** GPU-hours of which it is known how much they worked. */
  measured_gpu_hours: Decimal
  /** GPU-hours that worked: busy, and those that no attempt explains. */
  busy_gpu_hours: Decimal
  minutes: number
  /** Minutes with a reading of how much the GPUs worked. */
  measured_minutes: number
  utilisation_source: 'gpu' | 'engine' | ''
  input_tokens: number
  cached_input_tokens: number
  output_tokens: number
  warm_up_minutes: number
  minutes_before_work: number
  /** Periods that were marked as a cold start (isColdStart). */
  cold_starts: number
  /** What the same tokens would have cost at the provider that the terms compare with; null: no comparison, or no price. */
  compared_cost: Decimal | null
}

/** Work that comes this much after the GPUs is late: a server loads weights for minutes, not for seconds. */
const LATE_WORK_MINUTES = 10
const MILLION = 1_000_000
const ONE = parseDecimal('1')

/** The summary of an allocated period. */
export function summaryOf(allocation: PoolAllocation, measured: MeasuredPeriod, compared_cost: Decimal | null): PoolCost {
  const { pool, start_ms, end_ms, currency, cost, gpu_hours, shares } = allocation
  const { period, warm_up_minutes, minutes_before_work } = measured
  const costOf = (kind: PoolShare['kind']) => shares.reduce((sum, share) => sum + (share.kind === kind ? share.cost : 0n), 0n)
  const hoursOf = (some: (share: PoolShare) => boolean) => shares.filter(some).reduce((sum, share) => sum + share.gpu_hours, 0n)
  const tokens = (field: 'uncached_input_tokens' | 'cached_input_tokens' | 'output_tokens') =>
    period.work.reduce((sum, work) => sum + work[field], 0)
  return {
    pool,
    start_ms,
    end_ms,
    currency,
    cost,
    busy_cost: costOf('busy'),
    idle_cost: costOf('idle'),
    unattributed_cost: costOf('unattributed'),
    gpu_hours,
    measured_gpu_hours: hoursOf(share => share.reason !== 'not_measured'),
    busy_gpu_hours: hoursOf(share => share.kind === 'busy' || share.reason === 'no_work'),
    minutes: minutesOf(period),
    measured_minutes: period.measured_minutes,
    utilisation_source: period.utilisation_source,
    input_tokens: tokens('uncached_input_tokens') + tokens('cached_input_tokens'),
    cached_input_tokens: tokens('cached_input_tokens'),
    output_tokens: tokens('output_tokens'),
    warm_up_minutes,
    minutes_before_work: minutes_before_work ?? 0,
    cold_starts: isColdStart(measured) ? 1 : 0,
    compared_cost,
  }
}

/**
 * Whether GPUs of a period were paid for while they got ready: fewer model servers answered than run on them in some minute, or the first
 * work came ten minutes or more after the first GPU.
 */
export function isColdStart({
  warm_up_minutes,
  minutes_before_work,
}: Pick<MeasuredPeriod, 'warm_up_minutes' | 'minutes_before_work'>): boolean {
  return warm_up_minutes > 0 || (minutes_before_work ?? 0) >= LATE_WORK_MINUTES
}

/** The sum of summaries of one pool; the source of the utilisation is the GPUs where any period had it from them. */
export function addPoolCosts(a: PoolCost, b: PoolCost): PoolCost {
  const sum = { ...a, start_ms: Math.min(a.start_ms, b.start_ms), end_ms: Math.max(a.end_ms, b.end_ms) }
  for (const field of decimalFields) sum[field] += b[field]
  for (const field of countFields) sum[field] += b[field]
  sum.utilisation_source = [a, b].some(one => one.utilisation_source === 'gpu') ? 'gpu' : a.utilisation_source || b.utilisation_source
  sum.compared_cost = a.compared_cost === null || b.compared_cost === null ? null : a.compared_cost + b.compared_cost
  return sum
}

const decimalFields = ['cost', 'busy_cost', 'idle_cost', 'unattributed_cost', 'gpu_hours', 'measured_gpu_hours', 'busy_gpu_hours'] as const
const countFields = [
  'minutes',
  'measured_minutes',
  'input_tokens',
  'cached_input_tokens',
  'output_tokens',
  'warm_up_minutes',
  'minutes_before_work',
  'cold_starts',
] as const

/** What sums of periods come to by the unit; null: nothing was measured, or no token worked. */
export interface PoolUnitCosts {
  utilisation_ratio: Decimal | null
  /** The whole cost over input and output tokens, per million. */
  cost_per_million_tokens: Decimal | null
  /** What they would cost if the GPUs had worked all the time: only the time that worked, per million. */
  full_use_cost_per_million_tokens: Decimal | null
  compared_cost_per_million_tokens: Decimal | null
}

/** Cost of a million tokens at the utilisation measured and at full use, rounded half to even at 18 digits. */
export function unitCosts(cost: PoolCost): PoolUnitCosts {
  const tokens = cost.input_tokens + cost.output_tokens
  const perMillion = (amount: Decimal | null) =>
    tokens === 0 || amount === null ? null : divide(multiplyByCount(amount, MILLION), multiplyByCount(ONE, tokens))
  const { measured_gpu_hours, busy_gpu_hours } = cost
  return {
    utilisation_ratio: measured_gpu_hours === 0n ? null : rounded(divide(busy_gpu_hours, measured_gpu_hours)),
    cost_per_million_tokens: perMillion(cost.cost),
    full_use_cost_per_million_tokens: perMillion(cost.busy_cost),
    compared_cost_per_million_tokens: perMillion(cost.compared_cost),
  }
}

/** To 9 digits, half up: the GPU-hours were divided at 18, which would show in the last of them. */
function rounded(ratio: Decimal): Decimal {
  const step = 10n ** 9n
  return ((ratio + step / 2n) / step) * step
}

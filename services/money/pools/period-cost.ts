/** What a pool cost in one allocation period. */
import { AppError } from '../../platform/errors.ts'
import { add, type Decimal, divide, multiply, multiplyByCount, parseDecimal } from '../decimal.ts'
import { exchangeRateAt } from '../terms/exchange-rate.ts'
import type { ExchangeRate, GpuRate, PoolTerms, Validity } from '../terms/terms.ts'
import type { PoolCostPart, PoolPeriod } from './allocation.ts'

/** Currency of a pool's cost, and what others are worth in it. */
export interface PoolMoney {
  currency: string
  exchange_rates: readonly ExchangeRate[]
}

/** Sum and parts of a period's cost, and the GPU-hours that it is about. */
export interface PeriodCost {
  gpu_hours: Decimal
  cost: Decimal
  parts: readonly PoolCostPart[]
}

const HOUR_MS = 3_600_000
const HOUR = parseDecimal(String(HOUR_MS))

/**
 * Cost of the period: GPU-hours × rate by purchase, plus overhead. GPU-hours are those measured, or where nothing was, or the terms say so,
 * those of the schedule (the rates' `gpus`). Products are rounded half to even at 18 digits, once each. INTERNAL_ERROR when a rate,
 * overhead or reservation begins or ends inside the period: periods are cut there. EXCHANGE_RATE_MISSING: see exchangeRateAt.
 */
export function periodCost(period: Omit<PoolPeriod, 'work'>, terms: PoolTerms, money: PoolMoney): PeriodCost {
  const { start_ms, end_ms } = period
  const durationMs = end_ms - start_ms
  if (!Number.isSafeInteger(durationMs) || durationMs <= 0) throw new AppError('INTERNAL_ERROR', 'An allocation period has no length.')
  const rates = inForce(terms.rates, period, 'rate')
  const hoursOf = (gpus: number) => divide(multiplyByCount(1n, gpus * durationMs) * parseDecimal('1'), HOUR)
  const scheduled = add(...rates.map(rate => hoursOf(rate.gpus ?? 0)))
  const measured = terms.gpu_count === 'measured' ? period.gpu_hours : null
  const convert = (amount: Decimal, from: string) =>
    from === money.currency ? amount : multiply(amount, exchangeRateAt(money.exchange_rates, from, money.currency, start_ms))
  const parts = gpuHoursByRate(rates, measured, hoursOf).map(({ rate, gpu_hours }): PoolCostPart => {
    const isWhole = rate.gpus !== null && gpu_hours === hoursOf(rate.gpus)
    // Of whole GPUs without the rounding of a third of an hour.
    const cost = isWhole
      ? divide(multiplyByCount(rate.per_gpu_hour, (rate.gpus as number) * durationMs), HOUR)
      : multiply(rate.per_gpu_hour, gpu_hours)
    return { id: rate.id, purchase: rate.purchase, gpu_hours, cost: convert(cost, rate.currency) }
  })
  for (const overhead of inForce(terms.overheads, period, 'overhead')) {
    const cost = divide(multiplyByCount(overhead.per_hour, durationMs), HOUR)
    parts.push({ id: overhead.id, purchase: 'overhead', gpu_hours: 0n, cost: convert(cost, overhead.currency) })
  }
  return { gpu_hours: measured ?? scheduled, cost: add(...parts.map(part => part.cost)), parts }
}

/** The entries in force in the whole period; INTERNAL_ERROR for one that is so in a part of it only. */
export function inForce<Entry extends Validity>(
  entries: readonly Entry[],
  { pool, start_ms, end_ms }: Pick<PoolPeriod, 'pool' | 'start_ms' | 'end_ms'>,
  what: string,
): Entry[] {
  return entries.filter(({ valid_from_ms, valid_to_ms }) => {
    const validTo = valid_to_ms ?? Number.POSITIVE_INFINITY
    if (valid_from_ms >= end_ms || validTo <= start_ms) return false
    if (valid_from_ms <= start_ms && validTo >= end_ms) return true
    const start = new Date(start_ms).toISOString()
    const message = `A ${what} of pool ${pool} changes inside the period from ${start}: periods must be cut there.`
    throw new AppError('INTERNAL_ERROR', message)
  })
}

/** How many GPU-hours each rate pays for. `measured` null: as scheduled. */
function gpuHoursByRate(
  rates: readonly GpuRate[],
  measured: Decimal | null,
  hoursOf: (gpus: number) => Decimal,
): { rate: GpuRate; gpu_hours: Decimal }[] {
  const paid = new Map<GpuRate, Decimal>()
  let left = measured ?? 0n
  const take = (rate: GpuRate, gpu_hours: Decimal) => {
    paid.set(rate, gpu_hours)
    left = left > gpu_hours ? left - gpu_hours : 0n
  }
  const limited = rates.filter(rate => rate.gpus !== null)
  for (const rate of limited.filter(({ purchase }) => purchase === 'reserved')) take(rate, hoursOf(rate.gpus as number))
  for (const rate of limited.filter(({ purchase }) => purchase !== 'reserved')) {
    const most = hoursOf(rate.gpus as number)
    take(rate, measured === null || most < left ? most : left)
  }
  // Of several rates for "all the others" the first takes them all.
  for (const rate of rates.filter(({ gpus }) => gpus === null)) take(rate, left)
  return rates.map(rate => ({ rate, gpu_hours: paid.get(rate) ?? 0n }))
}

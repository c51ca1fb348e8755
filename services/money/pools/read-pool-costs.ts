/** Costs of all pools of a span. Streams by day, so that years need no more memory than a day. */

import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { DAY } from '../../platform/clock.ts'
import { buildPriceBook, type PriceBook } from '../price-book/resolve.ts'
import { newestPriceVersion, readStoredPrices } from '../price-book/stored-prices.ts'
import type { Terms } from '../terms/terms.ts'
import { allocatePoolPeriod } from './allocate-period.ts'
import type { PoolAllocation, PoolShare } from './allocation.ts'
import { comparedCost } from './build-or-buy.ts'
import type { PoolMoney } from './period-cost.ts'
import { allocationPeriods, commonCuts, type Span } from './periods.ts'
import { type PoolCost, summaryOf } from './pool-cost.ts'
import { readPoolUse } from './read-pool-use.ts'

/** An allocated period with its summary. */
export interface PoolPeriodCost {
  allocation: PoolAllocation
  summary: PoolCost
}

/**
 * What pool costs are read with. `prices`: for build or buy; undefined: the newest version of the price book, read when a pool asks for it.
 */
export interface PoolCostDeps {
  clickhouse: Pick<ClickHouse, 'query'>
  prices?: PriceBook
  /**
   * Nothing is told of the time after it (ms; told-until.ts): the period that runs ends there, and has cost nothing beyond. undefined:
   * periods are whole.
   */
  untilMs?: number
}

/**
 * Every allocation period that overlaps the span, whole, a UTC day at a time; within it by pool in the order of the terms, then by time.
 * Only pools with terms have a cost. Rejects with EXCHANGE_RATE_MISSING and the AppErrors of ClickHouse.
 */
export async function* readPoolCosts(span: Span, terms: Terms, deps: PoolCostDeps): AsyncGenerator<PoolPeriodCost[]> {
  const money: PoolMoney = { currency: terms.currency, exchange_rates: terms.exchange_rates }
  const prices = deps.prices ?? (await bookFor(terms, deps))
  const termsOf = new Map(terms.pools.map(pool => [pool.pool, pool]))
  const cuts = commonCuts(span, terms)
  for (const day of daysOf(span)) {
    const periodsOf = terms.pools.map(pool => ({ terms: pool, periods: endedAt(allocationPeriods(day, pool, cuts), deps.untilMs) }))
    const measured = await readPoolUse(periodsOf, deps)
    yield measured.map(one => {
      const pool = termsOf.get(one.period.pool)
      if (pool === undefined) throw new Error(`pool ${one.period.pool} was not asked for`)
      const allocation = allocatePoolPeriod(one.period, pool, money)
      return { allocation, summary: summaryOf(allocation, one, comparedCost(one, pool, prices, money)) }
    })
  }
}

/** The shares alone, a UTC day at a time: see readPoolCosts. */
export async function* readPoolShares(
  span: Span,
  terms: Terms,
  deps: Pick<PoolCostDeps, 'clickhouse' | 'untilMs'>,
): AsyncGenerator<PoolShare[]> {
  const noComparison = { ...terms, pools: terms.pools.map(pool => ({ ...pool, compare_with: null })) }
  for await (const day of readPoolCosts(span, noComparison, deps)) yield day.flatMap(({ allocation }) => [...allocation.shares])
}

async function bookFor(terms: Terms, { clickhouse }: PoolCostDeps): Promise<PriceBook> {
  if (terms.pools.every(pool => pool.compare_with === null)) return buildPriceBook([])
  return buildPriceBook(await readStoredPrices(clickhouse, await newestPriceVersion(clickhouse)))
}

function endedAt(periods: readonly Span[], untilMs = Number.POSITIVE_INFINITY): Span[] {
  return periods
    .filter(({ start_ms }) => start_ms < untilMs)
    .map(({ start_ms, end_ms }) => ({ start_ms, end_ms: Math.min(end_ms, untilMs) }))
}

/** UTC days, so that no period is in two of them: every day begins with a period. */
function* daysOf({ start_ms, end_ms }: Span): Generator<Span> {
  for (let day = Math.floor(start_ms / DAY) * DAY; day < end_ms; day += DAY) {
    yield { start_ms: Math.max(day, start_ms), end_ms: Math.min(day + DAY, end_ms) }
  }
}

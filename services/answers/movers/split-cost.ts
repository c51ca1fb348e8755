/**
 * The change of a cost → the parts that made it. A cost is a sum of products: requests × share answered × share answered here × tokens a
 * request × share of this kind of token × price; each factor's part is its Shapley value, so that nothing is counted twice and no order
 * matters. What was not there in one period has the other's sizes and prices: it is new or gone, and neither bigger nor dearer.
 */
import type { Decimal } from '../../money/decimal.ts'
import { FACTOR_ONE, factorShares } from '../statistics/product-shapley.ts'
import { type CellRequests, type CostLeaf, cellName, NO_REQUESTS, type Requests, type Side } from './cost-leaf.ts'
import { blockOf, PARTS, type Part, partOfBlock } from './cost-parts.ts'
import { priceMoves } from './price-moves.ts'

/** The parts in their order; they sum to the change, to the last of 18 digits. */
export type CostSplit = Readonly<Record<Part, Decimal>>

/** A number of both periods, scale FACTOR_ONE. */
type Pair = Readonly<Record<Side, bigint>>
/** Collects parts at scale FACTOR_ONE times that of Decimal. */
type Sums = Record<Part, bigint>

const SIDES: readonly Side[] = ['before', 'after']

/** Splits what the leaves cost more in the later period. `counts`: the requests of the same cells. */
export function splitCost(leaves: readonly CostLeaf[], counts: readonly CellRequests[]): CostSplit {
  const sums = Object.fromEntries(PARTS.map(part => [part, 0n])) as Sums
  const totals = totalsOf(counts)
  const countOf = new Map(counts.map(count => [cellName(count), count]))
  for (const [name, of] of Map.groupBy(leaves, cellName)) {
    const answeredHere = pairOf(side => answered(countOf.get(name)?.[side] ?? NO_REQUESTS))
    const [own, apart] = [of.filter(isAnswer), of.filter(leaf => !isAnswer(leaf))]
    // Quantities of a cell that no request was counted in: their requests ended elsewhere.
    const isLoose = SIDES.some(side => answeredHere[side] === 0n && own.some(leaf => leaf[side].quantity > 0n))
    if (isLoose) addPerRequest(own, 'mix', totals, sums)
    else for (const block of Map.groupBy(own, leaf => blockOf(leaf.token_kind)).values()) addBlock(block, answeredHere, totals, sums)
    addPerRequest(
      apart.filter(({ is_wasted }) => is_wasted),
      'waste',
      totals,
      sums,
    )
    addPerRequest(
      apart.filter(({ is_wasted }) => !is_wasted),
      'estimate',
      totals,
      sums,
    )
  }
  return rounded(sums, sumOf(leaves, 'after') - sumOf(leaves, 'before'))
}

/** What the leaves cost in a period. */
export function sumOf(leaves: readonly CostLeaf[], side: Side): Decimal {
  return leaves.reduce((sum, leaf) => sum + leaf[side].cost, 0n)
}

const isAnswer = ({ is_wasted, is_estimated }: CostLeaf) => !is_wasted && !is_estimated

function answered({ successful, cache_hits }: Requests): Decimal {
  return successful > cache_hits ? successful - cache_hits : 0n
}

function pairOf(of: (side: Side) => bigint): Pair {
  return { before: of('before'), after: of('after') }
}

/** Requests of everything that is split, and which part of them a model answered, or the gateway's cache. */
interface Totals {
  readonly requests: Pair
  readonly answered: Pair
  readonly answeredShare: Pair
  readonly cacheShare: Pair
}

function totalsOf(counts: readonly CellRequests[]): Totals {
  const total = (of: (requests: Requests) => Decimal) => pairOf(side => counts.reduce((sum, count) => sum + of(count[side]), 0n))
  const requests = total(one => one.requests)
  const all = total(answered)
  return {
    requests,
    answered: all,
    answeredShare: ratio(all, requests),
    cacheShare: ratio(
      total(one => one.cache_hits),
      requests,
    ),
  }
}

/** A ratio by period; where there is nothing to divide by, that of the other period. */
function ratio(dividend: Pair, divisor: Pair): Pair {
  const of = (side: Side) => (divisor[side] === 0n ? undefined : (dividend[side] * FACTOR_ONE) / divisor[side])
  const [before, after] = [of('before'), of('after')]
  return { before: before ?? after ?? 0n, after: after ?? before ?? 0n }
}

/** Kinds of one block (the input; the output; …) that answers of a cell used. */
function addBlock(block: readonly CostLeaf[], answeredHere: Pair, totals: Totals, sums: Sums): void {
  const quantity = pairOf(side => block.reduce((sum, leaf) => sum + leaf[side].quantity, 0n))
  const share = ratio(answeredHere, totals.answered)
  const size = ratio(quantity, answeredHere)
  const part = partOfBlock(block[0]?.token_kind ?? '')
  for (const variants of Map.groupBy(block, ({ token_kind }) => token_kind).values()) {
    const own = pairOf(side => variants.reduce((sum, leaf) => sum + leaf[side].quantity, 0n))
    const moves = priceMoves(variants)
    const factors = [scaled(totals.requests), totals.answeredShare, share, size, ratio(own, quantity), moves.price]
    const [ofRequests, ofAnswered, ofShare, ofSize, ofKind, ofPrice] = factorShares(
      factors.map(({ before }) => before),
      factors.map(({ after }) => after),
    )
    const delta = (index: number) => deltaOf(factors[index])
    const cached = deltaOf(totals.cacheShare)
    sums.volume += ofRequests?.(delta(0)) ?? 0n
    sums.cache += (ofAnswered?.(-cached) ?? 0n) + (ofKind?.(delta(4)) ?? 0n)
    sums.answered += ofAnswered?.(delta(1) + cached) ?? 0n
    sums.mix += ofShare?.(delta(2)) ?? 0n
    sums[part] += ofSize?.(delta(3)) ?? 0n
    for (const [name, move] of Object.entries(moves.by) as [Part, bigint][]) sums[name] += ofPrice?.(move) ?? 0n
  }
}

/** What does not follow from answers: quantity by request of all requests, whose change is the named part. */
function addPerRequest(leaves: readonly CostLeaf[], part: Part, totals: Totals, sums: Sums): void {
  for (const variants of Map.groupBy(leaves, ({ token_kind }) => token_kind).values()) {
    const own = pairOf(side => variants.reduce((sum, leaf) => sum + leaf[side].quantity, 0n))
    const moves = priceMoves(variants)
    const factors = [scaled(totals.requests), ratio(own, totals.requests), moves.price]
    const [ofRequests, ofSize, ofPrice] = factorShares(
      factors.map(({ before }) => before),
      factors.map(({ after }) => after),
    )
    sums.volume += ofRequests?.(deltaOf(factors[0])) ?? 0n
    sums[part] += ofSize?.(deltaOf(factors[1])) ?? 0n
    for (const [name, move] of Object.entries(moves.by) as [Part, bigint][]) sums[name] += ofPrice?.(move) ?? 0n
  }
}

const DECIMAL_ONE = 10n ** 18n

/** Decimals at the scale of factors. */
function scaled({ before, after }: Pair): Pair {
  return { before: (before * FACTOR_ONE) / DECIMAL_ONE, after: (after * FACTOR_ONE) / DECIMAL_ONE }
}

function deltaOf(pair: Pair | undefined): bigint {
  return pair === undefined ? 0n : pair.after - pair.before
}

/** Parts as decimals; what rounding left goes to the largest, so that they sum to the change. */
function rounded(sums: Sums, change: Decimal): CostSplit {
  const parts = PARTS.map(part => [part, (sums[part] * DECIMAL_ONE) / FACTOR_ONE] as const)
  const size = (value: bigint) => (value < 0n ? -value : value)
  const largest = parts.reduce((most, one) => (size(one[1]) > size(most[1]) ? one : most))
  const left = change - parts.reduce((sum, [, value]) => sum + value, 0n)
  return Object.fromEntries(parts.map(([part, value]) => [part, part === largest[0] ? value + left : value])) as Record<Part, Decimal>
}

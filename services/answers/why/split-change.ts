import { shapley } from '../statistics/shapley.ts'
import { PARTS, type Part, type Sampled, totalOf } from './parts.ts'

/** Factors of a change: the parts, and the mix of models, upstreams, priorities and sizes. */
export const FACTORS = [...PARTS, 'mix'] as const
export type Factor = (typeof FACTORS)[number]

/** A quantile before and after, ms, and what its change is made of; the factors and `together` add up to the change. */
export interface SplitChange {
  readonly quantile: number
  readonly before_ms: number
  readonly after_ms: number
  readonly factors: Readonly<Record<Factor, number>>
  /** What no factor does alone: parts that go together (Rothe's dependence effect). */
  readonly together: number
}

/** Requests of a cell on either side under which the cell is merged with those of its model and upstream. */
const LEAST_CELL = 20
const MIX = 1 << PARTS.length

/**
 * Splits the change of quantiles between two samples. One factor after the other is set to what it was in the other sample: a part to the
 * value of the same rank in its cell, the mix to the other's weights; averaged over all orders (Shapley) and over both samples as the base.
 * Undefined: a sample is empty.
 */
export function splitChange(
  before: readonly Sampled[],
  after: readonly Sampled[],
  quantiles: readonly number[],
): SplitChange[] | undefined {
  if (before.length === 0 || after.length === 0) return undefined
  const cells = cellsOf(before, after)
  const forward = basedOn(cells, 'before')
  const backward = basedOn(cells, 'after')
  return quantiles.map((quantile, index) => {
    const [before_ms, after_ms] = [quantileOf(before, quantile), quantileOf(after, quantile)]
    const ahead = shapley(FACTORS.length, set => forward(set, quantiles)[index] ?? 0)
    const back = shapley(FACTORS.length, set => backward(set, quantiles)[index] ?? 0)
    const values = FACTORS.map((_, factor) => ((ahead[factor] ?? 0) - (back[factor] ?? 0)) / 2)
    const told = values.reduce((sum, value) => sum + value, 0)
    const factors = Object.fromEntries(FACTORS.map((name, factor) => [name, values[factor] ?? 0])) as Record<Factor, number>
    return { quantile, before_ms, after_ms, factors, together: after_ms - before_ms - told }
  })
}

interface Cell {
  before: readonly Sampled[]
  after: readonly Sampled[]
}

/** Cells of both samples; small ones merged with the others of their model and upstream. A cell of one side alone stays: it is mix. */
function cellsOf(before: readonly Sampled[], after: readonly Sampled[]): Cell[] {
  const fine = { before: Map.groupBy(before, one => one.cell), after: Map.groupBy(after, one => one.cell) }
  const isLarge = (cell: string) => (fine.before.get(cell)?.length ?? 0) >= LEAST_CELL && (fine.after.get(cell)?.length ?? 0) >= LEAST_CELL
  const nameOf = (one: Sampled) => (isLarge(one.cell) ? one.cell : one.coarse)
  const [first, second] = [Map.groupBy(before, nameOf), Map.groupBy(after, nameOf)]
  return [...new Set([...first.keys(), ...second.keys()])].map(name => ({ before: first.get(name) ?? [], after: second.get(name) ?? [] }))
}

/** Values of a set of factors, with one side as the base: quantiles of its requests with the factors of the set taken from the other. */
function basedOn(cells: readonly Cell[], base: keyof Cell): (set: number, quantiles: readonly number[]) => number[] {
  const other = base === 'before' ? 'after' : 'before'
  const sizes = { base: sum(cells.map(cell => cell[base].length)), other: sum(cells.map(cell => cell[other].length)) }
  const known = new Map<number, number[]>()
  const prepared = cells.map(cell => prepare(cell[base], cell[other], sizes))
  return (set, quantiles) => {
    const found = known.get(set)
    if (found !== undefined) return found
    const weighted = prepared.flatMap(one => (set & MIX ? one.mixed(set) : one.plain(set)))
    const values = weightedQuantiles(weighted, quantiles)
    known.set(set, values)
    return values
  }
}

interface Weighted {
  value: number
  weight: number
}

/** Requests of a cell under a set of factors, with the weights of their own side (plain) or of the other (mixed). */
function prepare(own: readonly Sampled[], donors: readonly Sampled[], sizes: { base: number; other: number }) {
  const swapped = PARTS.map((_, part) => ranked(own, donors, part))
  const valueAt = (index: number, set: number) =>
    PARTS.reduce((total, _, part) => total + (set & (1 << part) ? (swapped[part]?.[index] ?? 0) : (own[index]?.parts[part] ?? 0)), 0)
  const all = (set: number, weight: number): Weighted[] => own.map((_, index) => ({ value: valueAt(index, set), weight }))
  return {
    plain: (set: number) => all(set, 1 / sizes.base),
    mixed(set: number): Weighted[] {
      // What only the other side has comes in as it is there; what only this side has goes.
      if (own.length === 0) return donors.map(one => ({ value: totalOf(one.parts), weight: 1 / sizes.other }))
      return donors.length === 0 ? [] : all(set, donors.length / sizes.other / own.length)
    },
  }
}

/** For each request the other side's value of the same rank of a part; its own where the other side has none. */
function ranked(own: readonly Sampled[], donors: readonly Sampled[], part: number): number[] {
  const values = donors.map(one => one.parts[part] ?? 0).sort((a, b) => a - b)
  if (values.length === 0) return own.map(one => one.parts[part] ?? 0)
  const order = own.map((one, index) => ({ index, value: one.parts[part] ?? 0 })).sort((a, b) => a.value - b.value || a.index - b.index)
  const result = new Array<number>(own.length)
  for (const [rank, { index }] of order.entries()) {
    const at = ((rank + 0.5) / own.length) * values.length - 0.5
    const low = Math.max(0, Math.floor(at))
    const high = Math.min(values.length - 1, low + 1)
    const share = Math.min(1, Math.max(0, at - low))
    result[index] = (values[low] ?? 0) * (1 - share) + (values[high] ?? 0) * share
  }
  return result
}

/** Quantile of whole durations, ms. */
export function quantileOf(sample: readonly Sampled[], quantile: number): number {
  return weightedQuantiles(
    sample.map(one => ({ value: totalOf(one.parts), weight: 1 / sample.length })),
    [quantile],
  )[0] as number
}

function weightedQuantiles(weighted: Weighted[], quantiles: readonly number[]): number[] {
  weighted.sort((a, b) => a.value - b.value)
  const total = sum(weighted.map(one => one.weight))
  return quantiles.map(quantile => {
    let reached = 0
    for (const { value, weight } of weighted) {
      reached += weight
      if (reached >= quantile * total - 1e-12) return value
    }
    return weighted.at(-1)?.value ?? 0
  })
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

/** Names of the parts in the words of a sentence. */
export const WORDS: Readonly<Record<Factor | 'together', string>> = {
  retry: 'earlier attempts',
  queue: 'waiting in the queue',
  prefill: 'time to the first token (prefill)',
  decode: 'writing the answer (decode)',
  answer: 'the upstream itself',
  mix: 'another mix of models, upstreams and sizes',
  together: 'several of these together',
} satisfies Record<Part | 'mix' | 'together', string>

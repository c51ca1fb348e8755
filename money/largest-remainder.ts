/** Dividing an amount so that the parts sum to it exactly: https://en.wikipedia.org/wiki/Quota_method (largest remainder, Hamilton). */
import { AppError } from '../services/platform/errors.ts'

/**
 * Divides `total` units in proportion to `weights` (integers of zero or more, of any common scale). Every part is its exact quota rounded down, then the units
 * that are left go, one each, to the largest remainders; of equal remainders the earlier one wins, so the caller fixes ties by the order. The parts sum to
 * `total` and a weight of 0 gets nothing. A negative total is divided as its magnitude. INTERNAL_ERROR when a weight is negative or, with a total that is not 0, all are 0.
 */
export function divideByLargestRemainder(total: bigint, weights: readonly bigint[]): bigint[] {
  if (weights.some(weight => weight < 0n)) throw new AppError('INTERNAL_ERROR', 'A weight of a division is negative.')
  const sum = weights.reduce((all, weight) => all + weight, 0n)
  if (total === 0n) return weights.map(() => 0n)
  if (sum === 0n) throw new AppError('INTERNAL_ERROR', 'An amount was to be divided over weights that are all 0.')
  if (total < 0n) return divideByLargestRemainder(-total, weights).map(part => -part)
  const parts = weights.map(weight => (total * weight) / sum)
  const byRemainder = weights
    .map((weight, index) => ({ index, remainder: (total * weight) % sum }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1))
  const left = Number(total - parts.reduce((all, part) => all + part, 0n))
  for (const { index } of byRemainder.slice(0, left)) parts[index] = (parts[index] as bigint) + 1n
  return parts
}

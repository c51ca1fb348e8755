import type { Decimal } from './decimal.ts'

/**
 * Divides `total` in proportion to weights of zero or more so that the parts sum to it exactly, by the method of largest remainders: every
 * part is cut off at the 18th digit and the units that are left go to the largest remainders, of equal ones to those that come first. Hand
 * the weights over in an order of their own (tenant id) to have a fixed rule for ties. When all weights are zero the parts are even; of no
 * weights there are no parts.
 */
export function shareOut(total: Decimal, weights: readonly bigint[]): Decimal[] {
  const sum = weights.reduce((all, weight) => all + weight, 0n)
  if (sum === 0n)
    return weights.length === 0
      ? []
      : shareOut(
          total,
          weights.map(() => 1n),
        )
  const magnitude = total < 0n ? -total : total
  const parts = weights.map(weight => (magnitude * weight) / sum)
  const left = Number(magnitude - parts.reduce((all, part) => all + part, 0n))
  const byRemainder = weights
    .map((weight, index) => ({ index, remainder: (magnitude * weight) % sum }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1))
  for (const { index } of byRemainder.slice(0, left)) parts[index] = (parts[index] as bigint) + 1n
  return total < 0n ? parts.map(part => -part) : parts
}

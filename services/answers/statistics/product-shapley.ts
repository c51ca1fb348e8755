/**
 * How much of a change of a product each factor made: its Shapley value, the mean over all orders in which the factors could have changed.
 * A product is multilinear, so the value is the factor's own change times the integral of the other factors along the straight line between
 * the two periods (Owen, "Multilinear Extensions of Games", Management Science 18:5, 1972). For two factors it is Bennet's split. Integers
 * alone, so that the values sum to the change; safe at zero.
 */

/** Factors are integers of this scale. */
export const FACTOR_ONE = 10n ** 30n

/**
 * Gives for each factor, in order, what a change of `delta` of it (scale FACTOR_ONE) comes to in the product, at scale FACTOR_ONE, cut off
 * below. With the whole change of every factor these sum to the change of the product, but for what was cut off.
 */
export function factorShares(before: readonly bigint[], after: readonly bigint[]): ((delta: bigint) => bigint)[] {
  const size = before.length
  const lines = before.map((from, index) => [from, (after[index] ?? from) - from] as const)
  const prefixes: bigint[][] = [[1n]]
  for (const line of lines) prefixes.push(timesLine(prefixes.at(-1) ?? [], line))
  const suffixes: bigint[][] = [[1n]]
  for (const line of lines.toReversed()) suffixes.push(timesLine(suffixes.at(-1) ?? [], line))
  // 1 ÷ k for every k up to the number of factors, as integers of one denominator.
  const common = Array.from({ length: size }, (_, index) => BigInt(index + 1)).reduce((product, next) => product * next, 1n)
  const denominator = common * FACTOR_ONE ** BigInt(Math.max(0, size - 1))
  return lines.map((_, index) => {
    const weight = integralOfProduct(prefixes[index] ?? [], suffixes[size - 1 - index] ?? [], common)
    return delta => (weight * delta) / denominator
  })
}

/** A polynomial, coefficients ascending, times a + b·t. */
function timesLine(polynomial: readonly bigint[], [a, b]: readonly [bigint, bigint]): bigint[] {
  if (b === 0n) return polynomial.map(coefficient => coefficient * a)
  const product = Array.from({ length: polynomial.length + 1 }, () => 0n)
  for (const [power, coefficient] of polynomial.entries()) {
    product[power] = (product[power] ?? 0n) + coefficient * a
    product[power + 1] = (product[power + 1] ?? 0n) + coefficient * b
  }
  return product
}

/** The integral from 0 to 1 of the product of two polynomials, times `common`. */
function integralOfProduct(one: readonly bigint[], other: readonly bigint[], common: bigint): bigint {
  const sums = Array.from({ length: one.length + other.length - 1 }, () => 0n)
  for (const [i, a] of one.entries()) for (const [j, b] of other.entries()) sums[i + j] = (sums[i + j] ?? 0n) + a * b
  return sums.reduce((sum, coefficient, power) => sum + coefficient * (common / BigInt(power + 1)), 0n)
}

/**
 * Shapley values of `factors` factors: of each the mean over all orders of what it adds to `value` when it joins those before it.
 * `value` is given the set as bits (bit i: factor i is in). They add up to value(all) − value(none). 2^factors values are asked for.
 * (L. S. Shapley, A Value for n-Person Games, 1953.)
 */
export function shapley(factors: number, value: (set: number) => number): number[] {
  const all = 1 << factors
  const values = Array.from({ length: all }, (_, set) => value(set))
  const weights = Array.from({ length: factors }, (_, size) => (factorial(size) * factorial(factors - size - 1)) / factorial(factors))
  return Array.from({ length: factors }, (_, factor) => {
    const bit = 1 << factor
    let sum = 0
    for (let set = 0; set < all; set++) {
      if (set & bit) continue
      sum += (weights[ones(set)] ?? 0) * ((values[set | bit] ?? 0) - (values[set] ?? 0))
    }
    return sum
  })
}

function factorial(n: number): number {
  let product = 1
  for (let i = 2; i <= n; i++) product *= i
  return product
}

function ones(set: number): number {
  let count = 0
  for (let rest = set; rest > 0; rest >>= 1) count += rest & 1
  return count
}

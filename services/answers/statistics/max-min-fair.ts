/**
 * Max-min fair shares of a capacity by water-filling (Bertsekas and Gallager, Data Networks, s. 6.5.2): nobody gets more than asked for,
 * and what is left is shared alike. In the order of the demands.
 */
export function maxMinFair(demands: readonly number[], capacity: number): number[] {
  const shares = demands.map(() => 0)
  const rising = demands.map((demand, index) => ({ demand, index })).sort((a, b) => a.demand - b.demand)
  let left = capacity
  for (const [served, { demand, index }] of rising.entries()) {
    const share = Math.max(0, Math.min(demand, left / (rising.length - served)))
    shares[index] = share
    left -= share
  }
  return shares
}

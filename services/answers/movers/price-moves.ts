import { FACTOR_ONE } from '../statistics/product-shapley.ts'
import { type Amount, type CostLeaf, NO_AMOUNT, type Side } from './cost-leaf.ts'

/** The mean price of a kind in both periods, scale FACTOR_ONE, and what its change is made of. */
export interface PriceMoves {
  readonly price: Readonly<Record<Side, bigint>>
  /** context: more or less of it beyond a context threshold, or in a region with other prices; the three sum to the change. */
  readonly by: Readonly<Record<'context' | 'price' | 'currency', bigint>>
}

/** Of one variant: its part of the quantity, its price in the currency of the price, and what that is worth in the bill's. */
interface Variant {
  share: bigint
  price: bigint
  rate: bigint
}

/**
 * How the mean price of one kind moved, from its variants (thresholds, regions, currencies), each step by Bennet's split. Where there is no
 * quantity in a period its price is the other's.
 */
export function priceMoves(leaves: readonly CostLeaf[]): PriceMoves {
  const groups = [...Map.groupBy(leaves, variantName).values()]
  const totals = { before: total(leaves, 'before'), after: total(leaves, 'after') }
  const by = { context: 0n, price: 0n, currency: 0n }
  const price = { before: 0n, after: 0n }
  for (const group of groups) {
    const [told0, told1] = [variantOf(group, 'before', totals.before.quantity), variantOf(group, 'after', totals.after.quantity)]
    const before = told0 ?? { ...(told1 ?? NO_VARIANT), share: totals.before.quantity === 0n ? (told1?.share ?? 0n) : 0n }
    const after = told1 ?? { ...before, share: totals.after.quantity === 0n ? before.share : 0n }
    const [was, is] = [product(before.price, before.rate), product(after.price, after.rate)]
    const share = (before.share + after.share) / 2n
    const context = product(after.share - before.share, was + is) / 2n
    const own = product(share, product(after.price - before.price, before.rate + after.rate)) / 2n
    price.before += product(before.share, was)
    price.after += product(after.share, is)
    by.context += context
    by.price += own
    by.currency += product(after.share, is) - product(before.share, was) - context - own
  }
  return { price, by: settled(by) }
}

const NO_VARIANT: Variant = { share: 0n, price: 0n, rate: FACTOR_ONE }
const variantName = ({ region, min_input_tokens, pricing_currency }: CostLeaf) =>
  JSON.stringify([region, min_input_tokens, pricing_currency])

function variantOf(leaves: readonly CostLeaf[], side: Side, all: bigint): Variant | undefined {
  const { quantity, cost, priced_cost } = total(leaves, side)
  if (quantity === 0n) return undefined
  return {
    share: (quantity * FACTOR_ONE) / all,
    price: (priced_cost * FACTOR_ONE) / quantity,
    rate: priced_cost === 0n ? FACTOR_ONE : (cost * FACTOR_ONE) / priced_cost,
  }
}

function total(leaves: readonly CostLeaf[], side: Side): Amount {
  return leaves.reduce((sum, leaf) => {
    const { quantity, cost, priced_cost } = leaf[side]
    return { quantity: sum.quantity + quantity, cost: sum.cost + cost, priced_cost: sum.priced_cost + priced_cost }
  }, NO_AMOUNT)
}

/** What is left to the currency by rounding alone belongs to the price: rates of 18 digits move by more, or not at all. */
function settled(by: { context: bigint; price: bigint; currency: bigint }): PriceMoves['by'] {
  const isDust = by.currency < ROUNDING && by.currency > -ROUNDING
  return isDust ? { ...by, price: by.price + by.currency, currency: 0n } : by
}

/** Below the 24th digit of a price. */
const ROUNDING = 10n ** 6n

function product(a: bigint, b: bigint): bigint {
  return (a * b) / FACTOR_ONE
}

/** Why an invoice differs from our charges, in the order in which differences are taken for one cause or the other. */

/** The causes with what each means. */
export const CAUSES = {
  cache_convention: 'cached or cache-write tokens are counted as plain input on their side, or twice',
  time_zone_cut: 'the same tokens, billed on the day before or after: their days are not cut where ours are',
  billed_failures: 'tokens of failed attempts that we charge and they do not bill',
  not_seen: 'on their side only: traffic that did not pass the gateway, or fees',
  not_billed: 'on our side only: traffic that they do not bill',
  price_difference: 'the same quantity at another unit price, discounts and credits included',
  rounding: 'no more than what rounding their amounts can make',
  unexplained: 'none of these',
} as const

/** Name of a cause. */
export type Cause = keyof typeof CAUSES

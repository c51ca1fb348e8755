/** What a price is multiplied by: the region's factor, and those of what an attempt tells in `price_modifiers`. */
import { type Decimal, multiply, parseDecimal } from '../decimal.ts'
import { keptPrice } from './price-digits.ts'
import type { PriceRow } from './price-row.ts'

/** What may multiply a price. */
export interface Conditions {
  /** Canonical tier, '' is standard. */
  tier: string
  /** In lower case. */
  region: string
  /** As in an attempt's `price_modifiers`. */
  modifiers: readonly string[]
}

/**
 * Modifiers that always cost more: where the price list names no factor for one, what the tokens cost is not known, and standard would be
 * too little. Other modifiers change nothing where no factor is named: Anthropic's inference_geo has none for models before Opus 4.6
 * (platform.claude.com/docs/en/build-with-claude/data-residency).
 */
const NEED_A_FACTOR: readonly string[] = ['fast_mode']

/**
 * Tiers whose discount a provider gives on everything a model costs by the token, for books that have no prices of that tier. A list that
 * has them decides. Source: platform.claude.com/docs/en/about-claude/pricing, "Batch processing": 50 % of input and output prices, prompt
 * caching's multipliers on top.
 */
const TIER_FACTORS: readonly { provider: string; tier: string; factor: string }[] = [
  { provider: 'anthropic', tier: 'batch', factor: '0.5' },
]

/**
 * The row's price under these conditions, with no more digits than its kind keeps; null: it is not known. `isOfTier`: the row is of the
 * tier asked for.
 */
export function factoredPrice(row: PriceRow, conditions: Conditions, isOfTier: boolean): Decimal | null {
  const { region, modifiers, tier } = conditions
  const factors = [factorOf(row.region_factor, region), ...modifiers.map(name => factorOf(row.modifier_factor, name))]
  const isToken = row.unit === 'token'
  if (isToken && modifiers.some((name, index) => NEED_A_FACTOR.includes(name) && factors[index + 1] === undefined)) return null
  const discount = isToken && !isOfTier ? TIER_FACTORS.find(one => one.provider === row.provider && one.tier === tier)?.factor : undefined
  const price = [...factors, discount].reduce(
    (product, factor) => (factor === undefined ? product : multiply(product, parseDecimal(factor))),
    parseDecimal(row.unit_price),
  )
  return keptPrice(price, row.token_kind)
}

/** The factor of exactly this name; undefined: none is named. */
function factorOf(factors: string, name: string): string | undefined {
  const found = name === '' ? undefined : factors.split(' ').find(pair => pair.startsWith(`${name}=`))
  return found?.slice(name.length + 1)
}

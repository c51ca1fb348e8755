/** The reference for what one attempt costs; the settling query does the same in SQL and is tested against this. */
import { add, type Decimal, formatDecimal, multiplyByCount, parseDecimal } from '../decimal.ts'
import type { PriceBand } from './price-bands.ts'
import type { BandKind } from './price-row.ts'

/** The columns of an attempt that decide its cost. Input includes cached and written tokens, output includes reasoning. */
export type AttemptUsage = {
  /** ms since 1970 UTC */
  started_at: number
  input_tokens: number
  cached_input_tokens: number
  cache_write_tokens: number
  /** Part of `cache_write_tokens`. */
  cache_write_1h_tokens: number
  output_tokens: number
  reasoning_tokens: number
}

/** Exact costs as decimal text; `total` is the sum of the five parts. */
export type PricedAttempt = {
  is_priced: true
  /** Input that was neither read from nor written to a cache. */
  input_cost: string
  cached_input_cost: string
  cache_write_cost: string
  /** Output without reasoning. */
  output_cost: string
  reasoning_cost: string
  total: string
  /** Tokens of kinds without a price: in no part of the total, and not free. */
  unpriced_tokens: number
  currency: string
  price_key: string
  price_version: number
  band: PriceBand
}

/** `no_price`: the model is not in the book. `not_in_force`: no price at that time. `no_price_of_kind`: none for any kind it used. */
export type UnpricedAttempt = {
  is_priced: false
  reason: 'no_price' | 'not_in_force' | 'no_price_of_kind'
  unpriced_tokens: number
}

/**
 * The price in force at `started_at`, of the highest threshold that this attempt's own `input_tokens` reach, for all its tokens.
 * Parts that exceed their whole (contradictory usage) are charged as told; the rest of the whole is then zero, never negative.
 */
export function priceAttempt(usage: AttemptUsage, bands: readonly PriceBand[]): PricedAttempt | UnpricedAttempt {
  const allTokens = usage.input_tokens + usage.output_tokens
  if (bands.length === 0) return { is_priced: false, reason: 'no_price', unpriced_tokens: allTokens }
  const band = bandFor(usage, bands)
  if (!band) return { is_priced: false, reason: 'not_in_force', unpriced_tokens: allTokens }
  const writes1h = Math.min(usage.cache_write_1h_tokens, usage.cache_write_tokens)
  const counts = {
    input: Math.max(0, usage.input_tokens - usage.cached_input_tokens - usage.cache_write_tokens),
    cached_input: usage.cached_input_tokens,
    cache_write: usage.cache_write_tokens - writes1h,
    cache_write_1h: writes1h,
    output: Math.max(0, usage.output_tokens - usage.reasoning_tokens),
    reasoning: usage.reasoning_tokens,
  } satisfies Partial<Record<BandKind, number>>
  const used = Object.entries(counts).filter(([, count]) => count > 0) as [keyof typeof counts, number][]
  const unpriced = used.filter(([kind]) => band.prices[kind] === null)
  const unpriced_tokens = unpriced.reduce((sum, [, count]) => sum + count, 0)
  if (unpriced.length > 0 && unpriced.length === used.length) return { is_priced: false, reason: 'no_price_of_kind', unpriced_tokens }
  const costOf = (kind: keyof typeof counts): Decimal => multiplyByCount(parseDecimal(band.prices[kind] ?? '0'), counts[kind])
  const parts = {
    input_cost: costOf('input'),
    cached_input_cost: costOf('cached_input'),
    cache_write_cost: add(costOf('cache_write'), costOf('cache_write_1h')),
    output_cost: costOf('output'),
    reasoning_cost: costOf('reasoning'),
  }
  return {
    is_priced: true,
    ...(Object.fromEntries(Object.entries(parts).map(([part, cost]) => [part, formatDecimal(cost)])) as Record<keyof typeof parts, string>),
    total: formatDecimal(add(...Object.values(parts))),
    unpriced_tokens,
    currency: band.currency,
    price_key: band.price_key,
    price_version: band.price_version,
    band,
  }
}

/** The band in force at the attempt's start with the highest threshold that its input tokens reach. */
function bandFor(usage: AttemptUsage, bands: readonly PriceBand[]): PriceBand | undefined {
  const inForce = bands.filter(
    band => band.valid_from_ms <= usage.started_at && (band.valid_to_ms === null || usage.started_at < band.valid_to_ms),
  )
  return inForce.filter(band => reaches(usage.input_tokens, band)).sort((a, b) => b.min_input_tokens - a.min_input_tokens)[0]
}

function reaches(inputTokens: number, { min_input_tokens, threshold_operator }: PriceBand): boolean {
  if (min_input_tokens === 0) return true
  return threshold_operator === '>=' ? inputTokens >= min_input_tokens : inputTokens > min_input_tokens
}

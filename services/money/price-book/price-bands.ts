/** The rows of one model → the prices in force, period by period and context threshold by context threshold, fallbacks applied. */
import { type Decimal, formatDecimal, multiply, parseDecimal } from '../decimal.ts'
import { BAND_KINDS, type BandKind, type PriceRow } from './price-row.ts'

/**
 * Prices per token for requests that start in [valid_from_ms, valid_to_ms) and whose input tokens are beyond `min_input_tokens`
 * (0: every request). null: no price, which is not free.
 */
export type PriceBand = {
  valid_from_ms: number
  /** End, exclusive; null: open. */
  valid_to_ms: number | null
  min_input_tokens: number
  threshold_operator: '>' | '>='
  /** The tier asked for, canonical: '' is standard. Kinds without a price of that tier carry the standard price. */
  service_tier: string
  /** Decimal text in `currency` per token. */
  prices: Record<BandKind, string | null>
  currency: string
  /** The model key in the price book. */
  price_key: string
  price_version: number
}

/**
 * Periods ascending, within a period the highest threshold first. Of the versions in force at a time the highest gives all prices of the
 * model: an import that names a model replaces its whole list from then on, and what it drops is unpriced.
 */
export function priceBands(rows: readonly PriceRow[], tier: string, region: string): PriceBand[] {
  const times = [...new Set(rows.flatMap(row => [row.valid_from, row.valid_to ?? Number.POSITIVE_INFINITY]))].sort((a, b) => a - b)
  const bands: PriceBand[] = []
  let last: { bands: PriceBand[]; until: number } = { bands: [], until: -1 }
  for (const [index, from] of times.slice(0, -1).entries()) {
    const until = times[index + 1] ?? from
    const inForce = rows.filter(row => row.valid_from <= from && (row.valid_to === null || row.valid_to > from))
    const version = inForce.reduce((highest, row) => Math.max(highest, row.version), -1)
    const period = { from, until: Number.isFinite(until) ? until : null }
    const found = bandsOfPeriod(
      inForce.filter(row => row.version === version && row.unit === 'token'),
      { tier, region: region.toLowerCase(), ...period },
    )
    if (last.until === from && isSame(last.bands, found)) {
      for (const band of last.bands) band.valid_to_ms = period.until
      last.until = until
    } else {
      bands.push(...found)
      last = { bands: found, until }
    }
  }
  return bands
}

type Conditions = { tier: string; region: string; from: number; until: number | null }

function bandsOfPeriod(rows: readonly PriceRow[], { tier, region, from, until }: Conditions): PriceBand[] {
  const eligible = rows.filter(row => row.service_tier === '' || row.service_tier === tier)
  const thresholds = [...new Set([0, ...eligible.map(row => row.min_input_tokens)])].sort((a, b) => b - a)
  const bands = thresholds.map((threshold): PriceBand => {
    const first = eligible.find(row => row.min_input_tokens === threshold) ?? eligible[0]
    return {
      valid_from_ms: from,
      valid_to_ms: until,
      min_input_tokens: threshold,
      threshold_operator: first?.threshold_operator ?? '>',
      service_tier: tier,
      prices: bandPrices(eligible, threshold, tier, region),
      currency: first?.currency ?? '',
      price_key: first?.model ?? '',
      price_version: first?.version ?? 0,
    }
  })
  return bands.some(band => Object.values(band.prices).some(price => price !== null)) ? bands : []
}

/**
 * A kind's price is the first there is of: this threshold and tier, this threshold at standard tier, base of this tier, base at standard
 * tier (LiteLLM's order). Where there is none at all, cached input, cache writes, audio and images of the input cost what input costs (a one-hour
 * write what a write costs), and reasoning, audio and images of the output what output costs.
 */
function bandPrices(rows: readonly PriceRow[], threshold: number, tier: string, region: string): PriceBand['prices'] {
  const own = (kind: BandKind): Decimal | null => {
    const priceOf = (min: number, of: string) =>
      rows.find(row => row.token_kind === kind && row.min_input_tokens === min && row.service_tier === of)
    const row = priceOf(threshold, tier) ?? priceOf(threshold, '') ?? priceOf(0, tier) ?? priceOf(0, '')
    return row ? multiply(parseDecimal(row.unit_price), regionFactor(row, region)) : null
  }
  const prices = Object.fromEntries(BAND_KINDS.map(kind => [kind, own(kind)])) as Record<BandKind, Decimal | null>
  prices.cached_input ??= prices.input
  prices.cache_write ??= prices.input
  prices.cache_write_1h ??= prices.cache_write
  prices.audio_input ??= prices.input
  prices.image_input ??= prices.input
  prices.reasoning ??= prices.output
  prices.audio_output ??= prices.output
  prices.image_output ??= prices.output
  return Object.fromEntries(
    BAND_KINDS.map(kind => [kind, prices[kind] === null ? null : formatDecimal(prices[kind])]),
  ) as PriceBand['prices']
}

/** The multiplier of exactly this region; 1 where the row names none for it. */
function regionFactor(row: PriceRow, region: string): Decimal {
  const found = region && row.region_factor.split(' ').find(pair => pair.startsWith(`${region}=`))
  return parseDecimal(found ? found.slice(region.length + 1) : '1')
}

function isSame(a: readonly PriceBand[], b: readonly PriceBand[]): boolean {
  const untimed = (bands: readonly PriceBand[]) => JSON.stringify(bands.map(band => ({ ...band, valid_from_ms: 0, valid_to_ms: 0 })))
  return untimed(a) === untimed(b)
}

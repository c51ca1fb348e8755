/** The rows of one model → the prices in force, period by period and context threshold by context threshold, fallbacks applied. */
import { BILLED_UNITS, type BilledUnitName, billedUnitNames } from '../../../schemas/billed-units.ts'
import { type Decimal, formatDecimal } from '../decimal.ts'
import { type Conditions, factoredPrice } from './price-factors.ts'
import { BAND_KINDS, type BandKind, type PriceKind, type PriceRow } from './price-row.ts'

/**
 * Prices for requests that start in [valid_from_ms, valid_to_ms) and whose input tokens are beyond `min_input_tokens` (0: every request).
 * null: no price, which is not free.
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
  /** Decimal text in `currency` per unit, of what has a price. */
  unit_prices: Partial<Record<BilledUnitName, string>>
  currency: string
  /** The model key in the price book. */
  price_key: string
  price_version: number
}

/** The price of a kind of token or billed unit, decimal text; null: none. */
export function priceOfKind({ prices, unit_prices }: PriceBand, kind: string): string | null {
  return prices[kind as BandKind] ?? unit_prices[kind as BilledUnitName] ?? null
}

/** Whether an answer of the model owes something by the unit, so that one whose quantity is not told is unpriced and not free. */
export function isBilledByUnit({ unit_prices }: PriceBand): boolean {
  return Object.entries(unit_prices).some(([name, price]) => price !== '0' && BILLED_UNITS[name as BilledUnitName].isWork)
}

/**
 * Periods ascending, within a period the highest threshold first. Of the versions in force at a time the highest gives all prices of the
 * model: an import that names a model replaces its whole list from then on, and what it drops is unpriced.
 */
export function priceBands(rows: readonly PriceRow[], conditions: Conditions): PriceBand[] {
  const times = [...new Set(rows.flatMap(row => [row.valid_from, row.valid_to ?? Number.POSITIVE_INFINITY]))].sort((a, b) => a - b)
  const bands: PriceBand[] = []
  let last: { bands: PriceBand[]; untilMs: number } = { bands: [], untilMs: -1 }
  for (const [index, fromMs] of times.slice(0, -1).entries()) {
    const untilMs = times[index + 1] ?? fromMs
    const inForce = rows.filter(row => row.valid_from <= fromMs && (row.valid_to === null || row.valid_to > fromMs))
    const version = inForce.reduce((highest, row) => Math.max(highest, row.version), -1)
    const period = { fromMs, untilMs: Number.isFinite(untilMs) ? untilMs : null }
    const found = bandsOfPeriod(
      inForce.filter(row => row.version === version && row.token_kind !== 'withdrawn'),
      conditions,
      period,
    )
    if (last.untilMs === fromMs && isSame(last.bands, found)) {
      for (const band of last.bands) band.valid_to_ms = period.untilMs
      last.untilMs = untilMs
    } else {
      bands.push(...found)
      last = { bands: found, untilMs }
    }
  }
  return bands
}

/** A period, ms; end exclusive, null: open. */
type Period = { fromMs: number; untilMs: number | null }

function bandsOfPeriod(rows: readonly PriceRow[], conditions: Conditions, { fromMs, untilMs }: Period): PriceBand[] {
  const { tier } = conditions
  const eligible = rows.filter(row => row.service_tier === '' || row.service_tier === tier)
  const thresholds = [...new Set([0, ...eligible.map(row => row.min_input_tokens)])].sort((a, b) => b - a)
  const bands = thresholds.map((threshold): PriceBand => {
    const first = eligible.find(row => row.min_input_tokens === threshold) ?? eligible[0]
    return {
      valid_from_ms: fromMs,
      valid_to_ms: untilMs,
      min_input_tokens: threshold,
      threshold_operator: first?.threshold_operator ?? '>',
      service_tier: tier,
      ...bandPrices(eligible, threshold, conditions),
      currency: first?.currency ?? '',
      price_key: first?.model ?? '',
      price_version: first?.version ?? 0,
    }
  })
  const hasPrice = ({ prices, unit_prices }: PriceBand) => Object.values({ ...prices, ...unit_prices }).some(price => price !== null)
  return bands.some(hasPrice) ? bands : []
}

/**
 * A kind's price is the first there is of: this threshold and tier, this threshold at standard tier, base of this tier, base at standard
 * tier (LiteLLM's order). Where there is none at all, cached input, cache writes, audio and images of the input cost what input costs (a
 * one-hour write what a write costs, cached audio what cached input costs, and without a price of that what audio costs), and reasoning,
 * audio and images of the output what output costs. Searches whose size is not told cost what medium ones do: OpenAI's default
 * (developers.openai.com, "Web search").
 */
function bandPrices(rows: readonly PriceRow[], threshold: number, conditions: Conditions): Pick<PriceBand, 'prices' | 'unit_prices'> {
  const { tier } = conditions
  const own = (kind: PriceKind): Decimal | null => {
    const priceOf = (min: number, of: string) =>
      rows.find(row => row.token_kind === kind && row.min_input_tokens === min && row.service_tier === of)
    const row = priceOf(threshold, tier) ?? priceOf(threshold, '') ?? priceOf(0, tier) ?? priceOf(0, '')
    return row
      ? factoredPrice(
          row,
          conditions,
          rows.some(one => one.service_tier === tier && tier !== ''),
        )
      : null
  }
  const prices = Object.fromEntries(BAND_KINDS.map(kind => [kind, own(kind)])) as Record<BandKind, Decimal | null>
  const hasCachedPrice = prices.cached_input !== null
  prices.cached_input ??= prices.input
  prices.cache_write ??= prices.input
  prices.cache_write_1h ??= prices.cache_write
  prices.audio_input ??= prices.input
  prices.cached_audio_input ??= hasCachedPrice ? prices.cached_input : prices.audio_input
  prices.image_input ??= prices.input
  prices.reasoning ??= prices.output
  prices.audio_output ??= prices.output
  prices.image_output ??= prices.output
  const units = new Map(billedUnitNames.map(name => [name, own(name)]))
  if (units.get('web_search') === null) units.set('web_search', units.get('web_search_medium') ?? null)
  return {
    prices: Object.fromEntries(BAND_KINDS.map(kind => [kind, textOf(prices[kind])])) as PriceBand['prices'],
    unit_prices: Object.fromEntries([...units].flatMap(([name, price]) => (price === null ? [] : [[name, formatDecimal(price)]]))),
  }
}

function textOf(price: Decimal | null): string | null {
  return price === null ? null : formatDecimal(price)
}

function isSame(a: readonly PriceBand[], b: readonly PriceBand[]): boolean {
  const untimed = (bands: readonly PriceBand[]) => JSON.stringify(bands.map(band => ({ ...band, valid_from_ms: 0, valid_to_ms: 0 })))
  return untimed(a) === untimed(b)
}

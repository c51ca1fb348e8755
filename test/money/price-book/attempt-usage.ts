import type { AttemptUsage } from '../../../services/money/price-book/price-attempt.ts'
import type { PriceBand } from '../../../services/money/price-book/price-bands.ts'
import { BAND_KINDS } from '../../../services/money/price-book/price-row.ts'

/** An attempt that used nothing but what is `known`. */
export function usage(known: Partial<AttemptUsage>): AttemptUsage {
  return {
    started_at: 1_000,
    input_tokens: 0,
    cached_input_tokens: 0,
    cache_write_tokens: 0,
    cache_write_1h_tokens: 0,
    output_tokens: 0,
    reasoning_tokens: 0,
    ...known,
  }
}

/** A price that holds at all times, for nothing but what is `known`. */
export function band(known: Partial<Omit<PriceBand, 'prices'>> & { prices?: Partial<PriceBand['prices']> }): PriceBand {
  const absent = Object.fromEntries(BAND_KINDS.map(kind => [kind, null])) as PriceBand['prices']
  return {
    valid_from_ms: 0,
    valid_to_ms: null,
    min_input_tokens: 0,
    threshold_operator: '>',
    service_tier: '',
    currency: 'USD',
    unit_prices: {},
    price_key: 'm',
    price_version: 1,
    ...known,
    prices: { ...absent, ...known.prices },
  }
}

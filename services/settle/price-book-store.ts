import { fillEmptyBook } from '../money/price-book/first-prices.ts'
import type { PriceBand } from '../money/price-book/price-bands.ts'
import { buildPriceBook, type PriceBook, type PricedNames, resolvePrices } from '../money/price-book/resolve.ts'
import { newestPriceVersion, readStoredPrices } from '../money/price-book/stored-prices.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import type { PriceClasses } from './settle-sql.ts'

/** Currency of amounts that no price row decides (unpriced attempts, an empty book). */
const BASE_CURRENCY = 'USD'

/** Combinations that a process remembers having written; then it starts anew, which costs one more insert. */
const MAX_KNOWN = 100_000

/** Names in one class of sizes and of times: what one row of prices_in_force answers for. */
export interface ClassedNames extends PricedNames {
  price_modifiers: string
  over_tokens: number
  priced_from_ms: number
}

/** The price book as of one pass of settling. */
export interface PassPrices {
  /** The version to join with. */
  version: number
  /** Of what has no price. */
  currency: string
  classes: PriceClasses
  /** Makes sure that `prices_in_force` answers for all of these under this version. */
  cover(needed: readonly ClassedNames[]): Promise<void>
}

/** The price book in ClickHouse, as settling needs it. */
export interface PriceBookStore {
  /** The newest book, for windows in [fromMs, untilMs). */
  begin(span: { fromMs: number; untilMs: number }): Promise<PassPrices>
}

const columns = [
  ...['price_version', 'provider', 'request_model', 'response_model', 'service_tier', 'region', 'price_modifiers', 'over_tokens'],
  ...['priced_from_ms', 'price_key', 'row_version', 'min_input_tokens', 'currency', 'unit_prices'],
] as const

interface Book {
  version: number
  prices: PriceBook
  sizes: readonly number[]
  times: readonly number[]
}

/** Opens the store; an empty book is filled first (fillEmptyBook says with what). Rejects with PRICE_INVALID and ClickHouse's errors. */
export async function openPriceBookStore(
  config: { pricesFile?: string | undefined },
  deps: { clickhouse: ClickHouse },
): Promise<PriceBookStore> {
  const { clickhouse } = deps
  await fillEmptyBook(config, deps)
  let newest: Book | undefined
  const known = new Set<string>()
  return {
    async begin({ fromMs, untilMs }) {
      const version = await newestPriceVersion(clickhouse)
      if (newest?.version !== version) newest = bookOf(version, buildPriceBook(await readStoredPrices(clickhouse, version)))
      const book = newest
      return {
        version,
        currency: BASE_CURRENCY,
        classes: { sizes: book.sizes, times: timesWithin(book.times, fromMs, untilMs) },
        async cover(needed) {
          if (known.size > MAX_KNOWN) known.clear()
          const missing = needed.filter(one => !known.has(JSON.stringify([version, one])))
          // Names without a price need no row: that is what the join finds for them, and clients may invent names without end.
          await clickhouse.insert(
            'prices_in_force',
            columns,
            missing.flatMap(one => {
              const band = bandOf(resolvePrices(book.prices, one), one)
              return band === undefined ? [] : [cellsOf(version, one, band)]
            }),
          )
          for (const one of missing) known.add(JSON.stringify([version, one]))
        },
      }
    },
  }
}

function bookOf(version: number, prices: PriceBook): Book {
  const sizes = new Set<number>()
  const times = new Set<number>()
  for (const rows of prices.models.values()) {
    for (const row of rows) {
      if (row.min_input_tokens > 0) sizes.add(lastBelow(row))
      times.add(row.valid_from)
      if (row.valid_to !== null) times.add(row.valid_to)
    }
  }
  const ascending = (values: ReadonlySet<number>) => [...values].sort((a, b) => a - b)
  return { version, prices, sizes: ascending(sizes), times: ascending(times) }
}

/** The most input tokens to which a threshold does not apply. */
function lastBelow({ min_input_tokens, threshold_operator }: { min_input_tokens: number; threshold_operator: string }): number {
  return threshold_operator === '>=' ? min_input_tokens - 1 : min_input_tokens
}

function timesWithin(times: readonly number[], fromMs: number, untilMs: number): number[] {
  return [times.findLast(time => time <= fromMs) ?? 0, ...times.filter(time => time > fromMs && time < untilMs)]
}

/** The band in force for a class: bands of a period stand with the highest threshold first. */
function bandOf(bands: readonly PriceBand[], { over_tokens, priced_from_ms }: ClassedNames): PriceBand | undefined {
  return bands.find(
    band =>
      band.valid_from_ms <= priced_from_ms &&
      (band.valid_to_ms === null || priced_from_ms < band.valid_to_ms) &&
      (band.min_input_tokens === 0 || over_tokens >= lastBelow(band)),
  )
}

function cellsOf(version: number, one: ClassedNames, band: PriceBand): unknown[] {
  const { provider, request_model, response_model, service_tier, region, price_modifiers, over_tokens, priced_from_ms } = one
  const keys = [version, provider, request_model, response_model, service_tier, region, price_modifiers, over_tokens, priced_from_ms]
  const unitPrices = Object.fromEntries(Object.entries({ ...band.prices, ...band.unit_prices }).filter(([, price]) => price !== null))
  return [...keys, band.price_key, band.price_version, band.min_input_tokens, band.currency, unitPrices]
}

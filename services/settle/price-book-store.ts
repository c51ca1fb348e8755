import { fillEmptyBook } from '../money/price-book/first-prices.ts'
import type { PriceBand } from '../money/price-book/price-bands.ts'
import { buildPriceBook, type PriceBook, type PricedNames, resolvePrices } from '../money/price-book/resolve.ts'
import { newestPriceVersion, readStoredPrices } from '../money/price-book/stored-prices.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { ownOrNeighbourSql } from './settle-sql.ts'

/** Currency of amounts that no price row decides (unpriced attempts, an empty book). */
const BASE_CURRENCY = 'USD'

/** Combinations of names that a process remembers having written; then it starts anew, which costs one more insert. */
const MAX_KNOWN_NAMES = 100_000

/** The price book in ClickHouse, as settling needs it. */
export interface PriceBookStore {
  /**
   * Makes sure that `price_bands` answers for every combination of names in the window (with `spanningVersion`, the version that is to be settled: and in
   * the rows of its requests in other windows), and gives the version to join with and the currency of what has no price.
   */
  prepare(window: number, spanningVersion?: number): Promise<{ version: number; currency: string }>
}

const bandColumns = [
  ...['price_version', 'provider', 'request_model', 'response_model', 'service_tier', 'region'],
  ...['bands', 'media', 'versions'],
] as const

/** Opens the store; an empty book is filled first (fillEmptyBook says with what). Rejects with PRICE_INVALID and ClickHouse's errors. */
export async function openPriceBookStore(
  config: { pricesFile?: string | undefined },
  deps: { clickhouse: ClickHouse },
): Promise<PriceBookStore> {
  const { clickhouse } = deps
  await fillEmptyBook(config, deps)
  let book: { version: number; prices: PriceBook } | undefined
  const known = new Set<string>()
  return {
    async prepare(window, spanningVersion) {
      const [version, names] = await Promise.all([newestPriceVersion(clickhouse), namesIn(clickhouse, window, spanningVersion)])
      if (book?.version !== version || known.size > MAX_KNOWN_NAMES) known.clear()
      if (book?.version !== version) book = { version, prices: buildPriceBook(await readStoredPrices(clickhouse, version)) }
      const { prices } = book
      const missing = names.filter(one => !known.has(JSON.stringify(one)))
      // Names without a price need no row: that is what the join finds for them, and clients may invent names without end.
      const rows = missing.map(one => ({ one, bands: resolvePrices(prices, one) })).filter(({ bands }) => bands.length > 0)
      await clickhouse.insert(
        'price_bands',
        bandColumns,
        rows.map(({ one, bands }) => bandCells(version, one, bands)),
      )
      for (const one of missing) known.add(JSON.stringify(one))
      return { version, currency: BASE_CURRENCY }
    },
  }
}

async function namesIn(clickhouse: ClickHouse, window: number, spanningVersion: number | undefined): Promise<PricedNames[]> {
  const rows = spanningVersion === undefined ? "window_start = {window:DateTime('UTC')}" : ownOrNeighbourSql
  return await clickhouse.query<PricedNames>(
    `SELECT DISTINCT provider, request_model, response_model, service_tier, region FROM {database}.attempts_raw WHERE ${rows}`,
    { window, version: spanningVersion ?? 0 },
  )
}

function bandCells(version: number, names: PricedNames, bands: readonly PriceBand[]): unknown[] {
  const { provider, request_model, response_model, service_tier, region } = names
  const keys = [version, provider, request_model, response_model, service_tier, region]
  return [...keys, bands.map(bandTuple), bands.map(mediaTuple), bands.map(band => band.price_version)]
}

/** A named tuple of the column `bands`, as ClickHouse reads it from JSON. */
function bandTuple(band: PriceBand): object {
  const { input, cached_input, cache_write, cache_write_1h, output, reasoning } = band.prices
  return {
    valid_from_ms: band.valid_from_ms,
    valid_to_ms: band.valid_to_ms ?? 0,
    min_input_tokens: band.min_input_tokens,
    is_inclusive: band.threshold_operator === '>=' ? 1 : 0,
    ...{ input, cached_input, cache_write, cache_write_1h, output, reasoning },
    currency: band.currency,
    price_key: band.price_key,
  }
}

/** The same band's tuple of the column `media`. */
function mediaTuple({ prices: { audio_input, audio_output, image_input, image_output } }: PriceBand): object {
  return { audio_input, audio_output, image_input, image_output }
}

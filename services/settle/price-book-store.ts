import { readFile } from 'node:fs/promises'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { importLitellmPrices } from './price-book/import-litellm.ts'
import type { PriceBand } from './price-book/price-bands.ts'
import type { PriceRow } from './price-book/price-row.ts'
import { buildPriceBook, type PriceBook, type PricedNames, resolvePrices } from './price-book/resolve.ts'
import { readShippedPriceBook } from './price-book/shipped-price-book.ts'

/** Currency of amounts that no price row decides (unpriced attempts, an empty book). */
const BASE_CURRENCY = 'USD'

/** The price book in ClickHouse, as settling needs it. */
export interface PriceBookStore {
  /**
   * Makes sure that `price_bands` answers for every combination of names in the window (`isSpanning`: and in the windows around it that may
   * share requests with it), and gives the version to join with and the currency of what has no price.
   */
  prepare(window: number, isSpanning: boolean): Promise<{ version: number; currency: string }>
}

const priceColumns = [
  'version',
  'provider',
  'model',
  'token_kind',
  'service_tier',
  'min_input_tokens',
  'threshold_operator',
  'region_factor',
  'unit',
  'unit_price',
  'currency',
  'valid_from',
  'valid_to',
  'source',
] as const satisfies readonly (keyof PriceRow)[]

/**
 * Opens the store. An empty book is filled first: from `config.pricesFile` (LiteLLM's form) or else the list that comes with Weir.
 * Rejects with PRICE_INVALID for a bad file and with ClickHouse's errors.
 */
export async function openPriceBookStore(
  config: { pricesFile?: string | undefined },
  deps: { clickhouse: ClickHouse },
): Promise<PriceBookStore> {
  const { clickhouse } = deps
  if ((await newestVersion(clickhouse)) === 0) await insertPrices(clickhouse, await firstPrices(config.pricesFile))
  let book: { version: number; prices: PriceBook } | undefined
  const known = new Set<string>()
  return {
    async prepare(window, isSpanning) {
      const version = await newestVersion(clickhouse)
      if (book?.version !== version) {
        book = { version, prices: buildPriceBook(await readPrices(clickhouse)) }
        known.clear()
      }
      const missing = (await namesIn(clickhouse, window, isSpanning)).filter(names => !known.has(JSON.stringify(names)))
      const rows = missing.map(names => [
        version,
        names.provider,
        names.request_model,
        names.response_model,
        names.service_tier,
        names.region,
        resolvePrices(book?.prices as PriceBook, names).map(bandTuple),
      ])
      await clickhouse.insert(
        'price_bands',
        ['price_version', 'provider', 'request_model', 'response_model', 'service_tier', 'region', 'bands'],
        rows,
      )
      for (const names of missing) known.add(JSON.stringify(names))
      return { version, currency: BASE_CURRENCY }
    },
  }
}

async function firstPrices(file: string | undefined): Promise<readonly PriceRow[]> {
  if (file === undefined) return (await readShippedPriceBook()).rows
  return importLitellmPrices(await readFile(file, 'utf8'), { version: 1, source: file, valid_from: 0, valid_to: null }).rows
}

async function insertPrices(clickhouse: ClickHouse, rows: readonly PriceRow[]): Promise<void> {
  await clickhouse.insert(
    'prices',
    priceColumns,
    rows.map(row => priceColumns.map(column => row[column])),
  )
}

async function newestVersion(clickhouse: ClickHouse): Promise<number> {
  const [row] = await clickhouse.query<{ version: number }>('SELECT max(version) AS version FROM {database}.prices')
  return row?.version ?? 0
}

async function readPrices(clickhouse: ClickHouse): Promise<PriceRow[]> {
  // DISTINCT: two processes that start on an empty book at once both fill it, with the same rows.
  return await clickhouse.query<PriceRow>(
    `SELECT DISTINCT version, provider, model, token_kind, service_tier, min_input_tokens, threshold_operator, region_factor, unit,
       toString(unit_price) AS unit_price, currency, toUnixTimestamp64Milli(valid_from) AS valid_from, toUnixTimestamp64Milli(valid_to) AS valid_to, source
     FROM {database}.prices ORDER BY ALL`,
  )
}

async function namesIn(clickhouse: ClickHouse, window: number, isSpanning: boolean): Promise<PricedNames[]> {
  const from = isSpanning ? window - 30 * 60 : window
  const to = isSpanning ? window + 15 * 60 : window
  return await clickhouse.query<PricedNames>(
    `SELECT DISTINCT provider, request_model, response_model, service_tier, region FROM {database}.attempts_raw
     WHERE window_start BETWEEN {from:DateTime('UTC')} AND {to:DateTime('UTC')}`,
    { from, to },
  )
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

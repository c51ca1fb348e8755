import { readFile } from 'node:fs/promises'
import { importLitellmPrices } from '../../money/price-book/import-litellm.ts'
import type { PriceBand } from '../../money/price-book/price-bands.ts'
import type { PriceRow } from '../../money/price-book/price-row.ts'
import { buildPriceBook, type PriceBook, type PricedNames, resolvePrices } from '../../money/price-book/resolve.ts'
import { readShippedPriceBook } from '../../money/price-book/shipped-price-book.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { AppError, messageOf } from '../platform/errors.ts'

/** Currency of amounts that no price row decides (unpriced attempts, an empty book). */
const BASE_CURRENCY = 'USD'

/** Combinations of names that a process remembers having written; then it starts anew, which costs one more insert. */
const MAX_KNOWN_NAMES = 100_000

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

const bandColumns = [
  ...['price_version', 'provider', 'request_model', 'response_model', 'service_tier', 'region'],
  ...['bands', 'media', 'versions'],
] as const

/**
 * Opens the store. An empty book is filled first: from `config.pricesFile` (LiteLLM's form) or else the list that comes with Weir.
 * Rejects with PRICE_INVALID for a file that cannot be read, is not JSON or has no price (nothing is stored then), and with ClickHouse's errors.
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
      const [version, names] = await Promise.all([newestVersion(clickhouse), namesIn(clickhouse, window, isSpanning)])
      if (book?.version !== version || known.size > MAX_KNOWN_NAMES) known.clear()
      if (book?.version !== version) book = { version, prices: buildPriceBook(await readPrices(clickhouse, version)) }
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

async function firstPrices(file: string | undefined): Promise<readonly PriceRow[]> {
  if (file === undefined) return (await readShippedPriceBook()).rows
  const { rows } = importLitellmPrices(await readText(file), { version: 1, source: file, valid_from: 0, valid_to: null })
  if (rows.length === 0) throw new AppError('PRICE_INVALID', `${file}: no model has a price; expected LiteLLM's form, one object per model`)
  // Contradictions are to be found before the rows are stored: a version of the book is never changed.
  buildPriceBook(rows)
  return rows
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new AppError('PRICE_INVALID', `${file}: the price file cannot be read: ${messageOf(error)}`, { cause: error })
  }
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

/** All prices up to `version`: a later one that is just being added is not this version's yet. */
async function readPrices(clickhouse: ClickHouse, version: number): Promise<PriceRow[]> {
  // DISTINCT: two processes that start on an empty book at once both fill it, with the same rows.
  return await clickhouse.query<PriceRow>(
    `SELECT DISTINCT version, provider, model, token_kind, service_tier, min_input_tokens, threshold_operator, region_factor, unit,
       toString(unit_price) AS unit_price, currency, toUnixTimestamp64Milli(valid_from) AS valid_from, toUnixTimestamp64Milli(valid_to) AS valid_to, source
     FROM {database}.prices WHERE prices.version <= {version:UInt32} ORDER BY ALL`,
    { version },
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

import { readFile } from 'node:fs/promises'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { AppError, messageOf } from '../../services/platform/errors.ts'
import { importLitellmPrices } from './import-litellm.ts'
import type { PriceRow } from './price-row.ts'
import { readShippedPriceBook } from './shipped-price-book.ts'
import { newestPriceVersion, nextPriceVersion, storePrices } from './stored-prices.ts'

/**
 * Fills a book that nobody has imported anything into: from `config.pricesFile` (LiteLLM's form) or else the list that comes with Weir; its prices hold at
 * all times. Two processes at once store the same prices twice, which prices nothing differently. Rejects with PRICE_INVALID for a file that cannot be
 * read, is not JSON or has no price (nothing is stored then), and with ClickHouse's errors.
 */
export async function fillEmptyBook(config: { pricesFile?: string | undefined }, deps: { clickhouse: ClickHouse }): Promise<void> {
  const { clickhouse } = deps
  if ((await newestPriceVersion(clickhouse)) > 0) return
  const version = await nextPriceVersion(clickhouse)
  const rows = (await firstPrices(config.pricesFile)).map(row => ({ ...row, version }))
  const trail = { kind: 'import', imported_by: 'weir', reason: 'the price book was empty', source: rows[0]?.source ?? '' } as const
  await storePrices(rows, trail, clickhouse)
}

async function firstPrices(file: string | undefined): Promise<readonly PriceRow[]> {
  if (file === undefined) return (await readShippedPriceBook()).rows
  const { rows } = importLitellmPrices(await readText(file), { version: 1, source: `litellm ${file}`, valid_from: 0, valid_to: null })
  if (rows.length === 0) throw new AppError('PRICE_INVALID', `${file}: no model has a price; expected LiteLLM's form, one object per model`)
  return rows
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new AppError('PRICE_INVALID', `${file}: the price file cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

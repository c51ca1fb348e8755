import { readFile } from 'node:fs/promises'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { AppError, messageOf } from '../../platform/errors.ts'
import type { PriceRow } from './price-row.ts'
import { readPriceFile } from './read-price-file.ts'
import { readShippedPriceBook } from './shipped-price-book.ts'
import { newestPriceVersion, nextPriceVersion, storePrices } from './stored-prices.ts'

/**
 * Fills a book that nobody has imported anything into: from `config.pricesFile` (any form of docs/prices.md) or else the list that comes
 * with Weir; its prices hold at all times unless it says otherwise. Of several processes at once one fills it. Rejects with PRICE_INVALID
 * for a file that cannot be read, is not understood, has no price, or is an own file with a faulty one (nothing is stored then), and with
 * ClickHouse's errors.
 */
export async function fillEmptyBook(config: { pricesFile?: string | undefined }, deps: { clickhouse: ClickHouse }): Promise<void> {
  const { clickhouse } = deps
  if ((await newestPriceVersion(clickhouse)) > 0) return
  const version = await nextPriceVersion(clickhouse)
  const rows = (await firstPrices(config.pricesFile)).map(row => ({ ...row, version }))
  const trail = { kind: 'import', imported_by: 'weir', reason: 'the price book was empty', source: rows[0]?.source ?? '' } as const
  try {
    await storePrices(rows, trail, clickhouse)
  } catch (error) {
    // Another process has filled it in the same moment.
    if (!(error instanceof AppError && error.code === 'PRICE_VERSION_TAKEN')) throw error
  }
}

/** The prices of a file (undefined: of the list that comes with Weir) as an empty book takes them. Rejects with PRICE_INVALID. */
export async function firstPrices(name: string | undefined): Promise<readonly PriceRow[]> {
  if (name === undefined) return (await readShippedPriceBook()).rows
  const file = readPriceFile(await readText(name), undefined, { name, source: name, valid_from: 0, valid_to: null })
  // Lists carry a few prices that cannot be: they are left out. Somebody's own file is meant as it stands.
  const isList = file.format === 'litellm' || file.format === 'openrouter'
  const [fault] = isList && file.rows.length > 0 ? [] : file.refused
  if (fault) throw new AppError('PRICE_INVALID', `${fault.place}: ${fault.model} ${fault.field}: ${fault.reason}`)
  return file.rows
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new AppError('PRICE_INVALID', `${file}: the price file cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { type ImportReport, importLitellmPrices } from './import-litellm.ts'
import type { PriceRow } from './price-row.ts'
import { buildPriceBook, type PriceBook } from './resolve.ts'

const SHIPPED_FILE = new URL('../../../schemas/prices/litellm-2026-08-01.json.gz', import.meta.url)

/**
 * The price list that comes with Weir (schemas/prices/README.md), as version 1. The list tells no history: its prices count as in force
 * at all times, until an import with a later validity takes over. `report` says what was skipped or refused.
 */
export async function readShippedPriceBook(): Promise<{ book: PriceBook; rows: PriceRow[]; report: ImportReport }> {
  const text = await readShippedList()
  const settings = { version: 1, source: 'litellm 2026-08-01', valid_from: 0, valid_to: null }
  const { rows, report } = importLitellmPrices(text, settings)
  return { book: buildPriceBook(rows), rows, report }
}

/** The shipped list as LiteLLM wrote it. */
export async function readShippedList(): Promise<string> {
  return (await promisify(gunzip)(await readFile(SHIPPED_FILE))).toString('utf8')
}

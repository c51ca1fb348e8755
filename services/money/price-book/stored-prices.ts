/**
 * The price book in ClickHouse: versions are added, never changed. Rows first, then the row of the trail that puts the version in force.
 */
import { createHash, randomUUID } from 'node:crypto'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { AppError } from '../../platform/errors.ts'
import { OWN_COLUMNS } from './own-row.ts'
import type { PriceRow } from './price-row.ts'
import { buildPriceBook } from './resolve.ts'

/** Who added a version, why, and how: `correct` may change the past, `import` never does. */
export interface PriceTrail {
  kind: 'import' | 'correct'
  imported_by: string
  reason: string
  source: string
}

const storedPricesSql = readQuery(import.meta.url, 'stored-prices')
const writeTrailSql = readQuery(import.meta.url, 'write-trail')
const winnerSql = readQuery(import.meta.url, 'winner')

/** Columns of `prices`, in the order rows are inserted. */
const priceColumns = ['version', ...OWN_COLUMNS] as const satisfies readonly (keyof PriceRow)[]

/** The newest version in force; 0: nothing was ever imported. */
export async function newestPriceVersion(clickhouse: Pick<ClickHouse, 'query'>): Promise<number> {
  const [row] = await clickhouse.query<{ version: number }>('SELECT max(version) AS version FROM {database}.price_imports')
  return row?.version ?? 0
}

/** All prices of the versions in force up to `version`, in a fixed order. */
export async function readStoredPrices(clickhouse: Pick<ClickHouse, 'query'>, version: number): Promise<PriceRow[]> {
  return await clickhouse.query<PriceRow>(storedPricesSql, { version })
}

/** The number of the next version: above every one that has rows, so that what a cut-off import left behind never comes into force. */
export async function nextPriceVersion(clickhouse: ClickHouse): Promise<number> {
  const [row] = await clickhouse.query<{ version: number }>(readQuery(import.meta.url, 'next-version'))
  return row?.version ?? 1
}

/**
 * Stores rows of one version and puts it in force with its trail. Rejects with PRICE_INVALID, before anything is written, when rows
 * contradict each other, with PRICE_VERSION_TAKEN when another import was faster, and with the AppErrors of ClickHouse; then these rows
 * are not in force.
 */
export async function storePrices(rows: readonly PriceRow[], trail: PriceTrail, clickhouse: ClickHouse): Promise<void> {
  buildPriceBook(rows)
  const [first] = rows
  if (first === undefined) return
  const import_id = randomUUID()
  const cells = rows.map(row => priceColumns.map(column => row[column]))
  await clickhouse.insert(
    'prices',
    [...priceColumns, 'import_id'],
    cells.map(row => [...row, import_id]),
  )
  const ends = rows.map(row => row.valid_to)
  await clickhouse.command(writeTrailSql, {
    ...trail,
    version: first.version,
    valid_from: rows.reduce((least, row) => Math.min(least, row.valid_from), first.valid_from),
    // 0: open; no price ends in 1970.
    valid_to: ends.includes(null) ? 0 : ends.reduce<number>((latest, end) => Math.max(latest, end ?? 0), 0),
    rows: rows.length,
    content_sha256: createHash('sha256').update(JSON.stringify(cells)).digest('hex'),
    import_id,
  })
  const [winner] = await clickhouse.query<{ import_id: string }>(winnerSql, { version: first.version })
  if (winner?.import_id !== import_id) {
    throw new AppError(
      'PRICE_VERSION_TAKEN',
      `version ${first.version} of the price book was taken by another import at the same moment; run this one again`,
    )
  }
}

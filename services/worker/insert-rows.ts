import { AppError } from '../platform/errors.ts'
import type { Cells, RawTable } from './raw-tables.ts'

/** Rows that ClickHouse refused because it cannot read one of their values, with its words. */
export interface RefusedRows {
  rows: readonly Cells[]
  reason: string
}

/**
 * Inserts all rows that ClickHouse can read and gives back the others, so that one bad value costs its own line and no neighbour.
 * A refused insert is halved until the line at fault stands alone; `isSameLine` keeps the rows of one line in one insert, which is written
 * whole or not at all. `insert` should retry what can be retried; every fault other than CLICKHOUSE_DATA_REFUSED is thrown on.
 */
export async function insertRows(
  table: RawTable,
  rows: readonly Cells[],
  deps: { insert: (table: RawTable, rows: readonly Cells[]) => Promise<void>; isSameLine: (a: Cells, b: Cells) => boolean },
): Promise<readonly RefusedRows[]> {
  if (rows.length === 0) return []
  try {
    await deps.insert(table, rows)
    return []
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'CLICKHOUSE_DATA_REFUSED')) throw error
    const cut = middleCut(rows, deps.isSameLine)
    if (cut === undefined) return [{ rows, reason: error.message }]
    const first = await insertRows(table, rows.slice(0, cut), deps)
    return [...first, ...(await insertRows(table, rows.slice(cut), deps))]
  }
}

/** The boundary between two lines that is nearest to the middle; undefined: all rows are of one line. */
function middleCut(rows: readonly Cells[], isSameLine: (a: Cells, b: Cells) => boolean): number | undefined {
  const middle = rows.length >> 1
  for (let distance = 0; distance <= middle; distance++) {
    for (const cut of [middle - distance, middle + distance]) {
      const [before, after] = [rows[cut - 1], rows[cut]]
      if (before && after && !isSameLine(before, after)) return cut
    }
  }
  return undefined
}

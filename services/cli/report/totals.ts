import type { Row } from '../../api/reports/report.ts'
import { add, formatDecimal, parseDecimal } from '../../money/decimal.ts'

/** Columns that are summed: whole numbers, and exact decimals of money. */
export interface SummedColumns {
  counts: readonly string[]
  amounts: readonly string[]
}

/** The sums of the rows by currency, as rows: amounts of two currencies have no sum. */
export function sumsByCurrency(rows: readonly Row[], columns: SummedColumns): Row[] {
  return [...Map.groupBy(rows, row => String(row['currency']))].map(([currency, of]) => ({
    currency,
    ...Object.fromEntries(columns.counts.map(column => [column, of.reduce((sum, row) => sum + Number(row[column] ?? 0), 0)])),
    ...Object.fromEntries(
      columns.amounts.map(column => [column, formatDecimal(add(...of.map(row => parseDecimal(String(row[column] ?? '0')))))]),
    ),
  }))
}

/** The same as the last rows of a table, named in its column `label`. None for a single row, which is its own total. */
export function totalsOf(rows: readonly Row[], label: string, columns: SummedColumns): Row[] {
  if (rows.length < 2) return []
  const sums = sumsByCurrency(rows, columns)
  return sums.map(sum => ({ ...sum, [label]: sums.length > 1 ? `total ${sum['currency']}` : 'total' }))
}

/** Rows → Parquet, written by ClickHouse. */
import type { Readable } from 'node:stream'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { type FocusColumn, type FocusRow, type FocusShape, type FocusType, focusColumns } from './columns.ts'

// DOUBLE for decimals: the validator takes Parquet's own decimals for another type.
const types: Readonly<Record<FocusType, string>> = {
  String: 'String',
  JSON: 'String',
  Decimal: 'Float64',
  Integer: 'Int64',
  DateTime: "DateTime64(3, 'UTC')",
}

/** The bytes of one Parquet file. Rejects as ClickHouse does. */
export async function focusParquet(
  rows: AsyncIterable<FocusRow> | Iterable<FocusRow>,
  options: FocusShape,
  deps: { clickhouse: Pick<ClickHouse, 'convert'> },
): Promise<Readable> {
  const columns = focusColumns(options)
  return await deps.clickhouse.convert(
    {
      columns: columns.map(({ name, type, isNullable }) => [name, isNullable ? `Nullable(${types[type]})` : types[type]]),
      rows: valuesOf(rows, columns),
    },
    'Parquet',
  )
}

async function* valuesOf(
  rows: AsyncIterable<FocusRow> | Iterable<FocusRow>,
  columns: readonly (FocusColumn & { name: keyof FocusRow })[],
): AsyncGenerator<unknown[]> {
  for await (const row of rows) {
    yield columns.map(({ name, type }) => {
      const cell = row[name]
      return cell !== null && (type === 'Decimal' || type === 'Integer') ? Number(cell) : cell
    })
  }
}

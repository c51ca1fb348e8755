import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client'

/** Rows that ClickHouse is to write in a format of its own. Names and types are the program's, never a user's. */
export interface ConvertibleRows {
  /** Name and ClickHouse type of each column. */
  columns: readonly (readonly [name: string, type: string])[]
  /** Values in the order of the columns; times as ISO 8601 text. */
  rows: AsyncIterable<readonly unknown[]> | Iterable<readonly unknown[]>
}

// Pinned: the fast parser of floats is off by one in the last place.
const settings: ClickHouseSettings = {
  date_time_input_format: 'best_effort',
  precise_float_parsing: 1,
  async_insert: 0,
  wait_end_of_query: 0,
}

/**
 * Sends the rows to a temporary table of a session of its own and reads them back in the format, such as Parquet. The table is held in the
 * server's memory and goes with the session, a minute after the last byte.
 */
export async function convertRows(client: ClickHouseClient, { columns, rows }: ConvertibleRows, format: string): Promise<Readable> {
  const session = { session_id: randomUUID(), clickhouse_settings: settings }
  const structure = columns.map(([name, type]) => `\`${name}\` ${type}`).join(', ')
  await client.command({ ...session, query: `CREATE TEMPORARY TABLE converted (${structure}) ENGINE = Memory` })
  await client.insert({ ...session, table: 'converted', values: Readable.from(rows), format: 'JSONCompactEachRow' })
  const { stream } = await client.exec({ ...session, query: `SELECT * FROM converted FORMAT ${format}` })
  return stream
}

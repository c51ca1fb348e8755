/** How a table is declared. */

/**
 * What kind of table it is, in the order of the way of a line:
 * raw: rows as they came, at-least-once; ledger: what was read and refused; price: the price book; window: settled windows, of which the
 * highest `settle_version` counts; settled: rows of a window under a `settle_version`; scratch: notes of one settling, read by nobody
 * else; hour: hours made of settled windows, of which the highest `hour_version` counts; hourly: rows of such an hour; day and daily: the
 * same of days, made of hours; published: rows of an hour under a `published_version`; money: what people decided; statement: what was
 * issued, which never changes; state: what workers share of their own, and what people said about sources and windows.
 */
export const TABLE_KINDS = [
  'raw',
  'ledger',
  'price',
  'window',
  'settled',
  'scratch',
  'hour',
  'hourly',
  'day',
  'daily',
  'published',
  'money',
  'statement',
  'state',
] as const
export type TableKind = (typeof TABLE_KINDS)[number]

/** Rooms that write or read tables: folders of services/. */
export type TableRoom = 'worker' | 'settle' | 'charge' | 'alert' | 'money' | 'api' | 'cli' | 'answers'

/**
 * How a table is seen in a database beside the live one, made for a closing (services/cli/statements/as-of-database.ts). positions: rows up
 * to the positions of the event log that the statement is made at; prices: versions up to the statement's; whole: all rows; pinned: rows of
 * pinned versions, and of what is settled there. Without one it is not seen.
 */
export type AsOfView = 'positions' | 'prices' | 'whole' | 'pinned'

/** A table as it is declared. */
export interface TableSpec {
  readonly name: string
  readonly kind: TableKind
  /** What a row is, in a sentence. */
  readonly holds: string
  readonly writer: TableRoom
  /** Rooms whose queries name it, beside those that go through all tables of a kind: the books, the clean-up, a closing. */
  readonly readers: readonly TableRoom[]
  readonly asOf?: AsOfView
  /** Whether its settled rows stay whatever their age: statements are made of them, or every answer tells them. */
  readonly stays?: boolean
  /** Columns that ClickHouse computes and `SELECT *` leaves out. */
  readonly computed?: readonly string[]
}

/** A table that the worker writes. */
export interface WrittenTable extends TableSpec {
  /** The columns written, in table order. */
  readonly columns: readonly string[]
  /** What tells apart the rows of one message. */
  readonly rowKey: readonly string[]
}

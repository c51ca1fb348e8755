import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'

/** A row as a test reads it: column → cell as it was sent. */
export type SentRow = Readonly<Record<string, unknown>>

/** A ClickHouse that keeps what is inserted and fails when told to. It runs no SQL. */
export interface InMemoryClickHouse extends ClickHouse {
  /** Everything written to the table, in order, repetitions included. */
  rows(table: string): readonly SentRow[]
  /** Awaited before the rows are kept: rejecting loses the insert, staying pending is a server that hangs. */
  beforeInsert: (table: string, rows: readonly SentRow[]) => Promise<void>
  /** Awaited after the rows are kept: rejecting is an answer that got lost. */
  afterInsert: (table: string, rows: readonly SentRow[]) => Promise<void>
}

/** Builds an empty one without faults. */
export function buildInMemoryClickHouse(): InMemoryClickHouse {
  const kept = new Map<string, SentRow[]>()
  const noSql = () => Promise.reject(new Error('the in-memory ClickHouse runs no SQL'))
  return {
    database: 'weir',
    ping: async () => {},
    command: noSql,
    query: noSql,
    convert: noSql,
    beforeInsert: async () => {},
    afterInsert: async () => {},
    rows: table => kept.get(table) ?? [],
    async insert(table, columns, rows) {
      const sent = rows.map(row => Object.fromEntries(columns.map((column, index) => [column, row[index]])))
      await this.beforeInsert(table, sent)
      kept.set(table, [...(kept.get(table) ?? []), ...sent])
      await this.afterInsert(table, sent)
    },
    // It reads rows, not blocks; who asks for types is told that there are none, and sends rows.
    columnTypes: async () => undefined,
    insertBlocks: () => Promise.reject(new Error('the in-memory ClickHouse reads no blocks')),
    [Symbol.asyncDispose]: async () => {},
  }
}

import { Readable } from 'node:stream'
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client'
import { nativeBlock, type TableColumn } from './native-block.ts'
import type { NativeRows } from './native-columns.ts'

/** Where rows go. `table`: with its database. */
export interface InsertTarget {
  table: string
  columns: readonly string[]
}

/** Inserting into tables. Everything rejects with what the client rejects with. */
export interface Inserts {
  insert(target: InsertTarget, rows: NativeRows, signal: AbortSignal): Promise<void>
  /** Blocks that nativeBlock() made for these columns; the server reads them as one insert, which is written whole or not at all. */
  insertBlocks(target: InsertTarget, blocks: readonly Buffer[], signal: AbortSignal): Promise<void>
  /** The target's columns with their types; undefined: the table, or one of them, is not there. */
  columnsOf(target: InsertTarget, signal: AbortSignal): Promise<readonly TableColumn[] | undefined>
}

/**
 * Builds what inserts rows: as a Native block where their types and values allow it, which costs the server a fraction of what JSON
 * does, else as JSON. Types are asked for once a table. They may have changed since then: what the server then cannot read is sent
 * again as JSON, with new types the next time.
 */
export function buildInserts(client: ClickHouseClient, settings: ClickHouseSettings, isRefused: (error: unknown) => boolean): Inserts {
  const types = buildTableTypes(client)
  const asJson = async ({ table, columns }: InsertTarget, rows: NativeRows, abort_signal: AbortSignal) => {
    await client.insert({
      table,
      columns: columns as [string, ...string[]],
      values: rows,
      format: 'JSONCompactEachRow',
      clickhouse_settings: settings,
      abort_signal,
    })
  }
  const insertBlocks = async (target: InsertTarget, blocks: readonly Buffer[], abort_signal: AbortSignal) => {
    const { stream } = await client.exec({
      query: `INSERT INTO ${target.table} (${target.columns.map(name => `\`${name}\``).join(', ')}) FORMAT Native`,
      values: Readable.from(blocks, { objectMode: false }),
      clickhouse_settings: settings,
      abort_signal,
    })
    // The answer is empty; its connection is free only when it has been read.
    for await (const _ of stream);
  }
  return {
    insertBlocks,
    columnsOf: types.columnsOf,
    async insert(target, rows, signal) {
      const columns = await types.columnsOf(target, signal)
      const block = columns === undefined ? undefined : nativeBlock(columns, rows)
      if (block === undefined) return await asJson(target, rows, signal)
      try {
        await insertBlocks(target, [block], signal)
      } catch (error) {
        if (!isRefused(error)) throw error
        types.forget(target)
        await asJson(target, rows, signal)
      }
    },
  }
}

function buildTableTypes(client: ClickHouseClient) {
  const known = new Map<string, ReadonlyMap<string, string>>()
  const read = async (table: string, abort_signal: AbortSignal) => {
    const [database, name] = table.split('.')
    const result = await client.query({
      query: 'SELECT name, type FROM system.columns WHERE database = {database_name:String} AND table = {table_name:String}',
      query_params: { database_name: database, table_name: name },
      format: 'JSONEachRow',
      abort_signal,
    })
    return new Map((await result.json<TableColumn>()).map(({ name, type }) => [name, type]))
  }
  return {
    async columnsOf({ table, columns }: InsertTarget, signal: AbortSignal): Promise<readonly TableColumn[] | undefined> {
      const types = known.get(table) ?? (await read(table, signal))
      const typed = columns.map(name => ({ name, type: types.get(name) ?? '' }))
      if (typed.some(({ type }) => type === '')) return undefined
      known.set(table, types)
      return typed
    },
    forget({ table }: InsertTarget): void {
      known.delete(table)
    },
  }
}

import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { nativeBlock, type TableColumn } from '../platform/clickhouse/native-block.ts'
import type { Cells, RawTable } from './raw-tables.ts'

/**
 * Packs the rows of one message for their insert, so that they need not be kept as objects until then: a batch of those costs
 * more to collect than to write.
 */
export interface Packing {
  /** The rows as a block for `insertBlocks`; undefined: they must go as they are (types not known yet, or an unusual value). */
  pack(rows: readonly Cells[]): Buffer | undefined
  /** Asks for the table's types, unless they are known or the server does not answer; until then nothing is packed. */
  learn(): Promise<void>
}

/** Builds the packing of a table's rows. */
export function buildPacking(table: RawTable, { clickhouse }: { clickhouse: Pick<ClickHouse, 'columnTypes'> }): Packing {
  let types: readonly TableColumn[] | undefined
  return {
    pack: rows => (types === undefined ? undefined : nativeBlock(types, rows)),
    async learn() {
      types ??= await clickhouse.columnTypes(table.name, table.columns).catch(() => undefined)
    },
  }
}

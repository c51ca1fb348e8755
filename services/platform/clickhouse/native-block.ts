import { buildByteWriter, writeText, writeVarint, writtenBytes } from './byte-writer.ts'
import { columnEncoderOf, type NativeRows } from './native-columns.ts'

/** A column of a table: its type as system.columns names it. */
export interface TableColumn {
  name: string
  type: string
}

/** What a row of a wide table takes, bytes; the block grows where it is not enough. */
const ROW_BYTES = 400

/**
 * Rows, arrays of cells in the order of `columns`, as one block of ClickHouse's Native format: the server takes it as it is,
 * where it would have to read JSON text cell by cell. Undefined: a column's type or some value is not among what is encoded
 * here, and the rows must go as JSON.
 */
export function nativeBlock(columns: readonly TableColumn[], rows: NativeRows): Buffer | undefined {
  const encoders = columns.map(({ type }) => columnEncoderOf(type))
  if (encoders.includes(undefined) || rows.some(row => row.length !== columns.length)) return undefined
  const writer = buildByteWriter(1024 + ROW_BYTES * rows.length)
  writeVarint(writer, columns.length)
  writeVarint(writer, rows.length)
  for (const [index, { name, type }] of columns.entries()) {
    writeText(writer, name)
    writeText(writer, type)
    if (encoders[index]?.(writer, rows, index) !== true) return undefined
  }
  return writtenBytes(writer)
}

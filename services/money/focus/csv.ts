/** Rows → CSV after RFC 4180: CRLF, quotes where needed, an empty field for null. */
import { type FocusRow, focusColumns } from './columns.ts'

/** The header and one line per row. */
export async function* focusCsv(
  rows: AsyncIterable<FocusRow> | Iterable<FocusRow>,
  options: { isSplitCost: boolean },
): AsyncGenerator<string> {
  const names = focusColumns(options).map(column => column.name)
  yield `${names.join(',')}\r\n`
  for await (const row of rows) yield `${names.map(name => field(row[name])).join(',')}\r\n`
}

function field(value: string | null): string {
  if (value === null) return ''
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}

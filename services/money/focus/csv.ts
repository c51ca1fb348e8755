/** Rows → CSV, an empty field for null. */
import { csvLine, csvPlain, csvText } from '../csv.ts'
import { type FocusRow, type FocusShape, focusColumns } from './columns.ts'

/** The header and one line per row. Text that a spreadsheet would take for a formula gets an apostrophe before it, as on statements. */
export async function* focusCsv(rows: AsyncIterable<FocusRow> | Iterable<FocusRow>, options: FocusShape): AsyncGenerator<string> {
  const columns = focusColumns(options)
  yield csvLine(columns.map(({ name }) => name))
  for await (const row of rows) yield csvLine(columns.map(({ name, type }) => (type === 'String' ? csvText : csvPlain)(row[name])))
}

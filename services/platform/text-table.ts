/** A row of a table: column names to values. */
type Row = Readonly<Record<string, unknown>>

/** A column of a text table: heading, and how its cell is written. Numbers are set flush right. */
export interface TextColumn {
  heading: string
  cell: (row: Row) => string | number | null
}

/** Rows shown unless told otherwise. */
const SHOWN_ROWS = 50

/**
 * Lines of a table with aligned columns; a dash stands for "not known". Beyond `shownRows` (50 unless told) rows are counted, not shown.
 */
export function textTable(columns: readonly TextColumn[], rows: readonly Row[], shownRows = SHOWN_ROWS): string[] {
  const shown = rows.slice(0, shownRows)
  const cells = shown.map(row => columns.map(column => written(column.cell(row))))
  const isNumber = columns.map(
    (column, index) =>
      shown.some(row => typeof column.cell(row) === 'number') || cells.every(line => /^[-\d.,–]*%?$/.test(line[index] ?? '')),
  )
  const widths = columns.map((column, index) => Math.max(column.heading.length, ...cells.map(line => line[index]?.length ?? 0)))
  const set = (line: readonly string[]) =>
    line
      .map((text, index) => (isNumber[index] ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd()
  const more = rows.length > shown.length ? [`… and ${rows.length - shown.length} more rows (--format json has all)`] : []
  return [set(columns.map(column => column.heading)), set(widths.map(width => '─'.repeat(width))), ...cells.map(set), ...more]
}

function written(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  return typeof value === 'number' ? grouped(value) : value
}

/** A whole number with its thousands set apart; any other as it is. */
export function grouped(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en-US') : String(value)
}

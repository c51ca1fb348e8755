/** A row of a table: column names to values. */
type Row = Readonly<Record<string, unknown>>

/**
 * A column of a text table: heading, and how its cell is written. Numbers are set flush right. `isNumber`: its texts are exact decimals,
 * whose thousands are set apart and whose points stand below each other.
 */
export interface TextColumn {
  heading: string
  isNumber?: boolean
  cell: (row: Row) => string | number | null | undefined
}

/** Rows shown unless told otherwise. */
const SHOWN_ROWS = 50
const DECIMAL = /^([-−]?)(\d+)(\.\d+)?$/

/**
 * Lines of a table with aligned columns; a dash stands for "not known". Beyond `shownRows` (50 unless told) rows are counted, not shown.
 * `totals` stand last, under a line of their own; what a total does not have is left blank.
 */
export function textTable(
  columns: readonly TextColumn[],
  rows: readonly Row[],
  shownRows = SHOWN_ROWS,
  totals: readonly Row[] = [],
): string[] {
  const shown = rows.slice(0, shownRows)
  const all = [...shown, ...totals]
  const isNumber = columns.map(column => isOfNumbers(column, all))
  const cells = alignedPoints(
    all.map((row, at) => columns.map(column => (at >= shown.length ? writtenTotal(column, row) : writtenCell(column, row)))),
    columns.map((column, index) => column.isNumber === true && isNumber[index] === true),
  )
  // Not Math.max of all at once: a table of 100,000 lines has more cells than a call takes arguments.
  const widths = columns.map((column, index) =>
    cells.reduce((widest, line) => Math.max(widest, line[index]?.length ?? 0), column.heading.length),
  )
  const set = (line: readonly string[]) =>
    line
      .map((text, index) => (isNumber[index] ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd()
  const rule = set(widths.map(width => '─'.repeat(width)))
  const left = rows.length - shown.length
  return [
    set(columns.map(column => column.heading)),
    rule,
    ...cells.slice(0, shown.length).map(set),
    ...(left > 0 ? [`… and ${left} more rows (--format json has all)`] : []),
    ...(totals.length > 0 ? [rule, ...cells.slice(shown.length).map(set)] : []),
  ]
}

/** What stands in a cell of the column: numbers with their thousands apart, a dash for what is not known. */
export function writtenCell(column: TextColumn, row: Row): string {
  const value = column.cell(row)
  if (value === null || value === undefined) return '–'
  if (typeof value === 'number') return grouped(value)
  return column.isNumber === true ? groupedDecimal(value) : value
}

/** What stands in a cell of a total: nothing where it has no such value. */
export function writtenTotal(column: TextColumn, row: Row): string {
  return column.cell(row) === undefined ? '' : writtenCell(column, row)
}

/** A whole number with its thousands set apart; any other as it is. */
export function grouped(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en-US') : String(value)
}

/** An exact decimal text with its thousands set apart; any other text as it is. */
export function groupedDecimal(text: string): string {
  const parts = DECIMAL.exec(text)
  if (parts === null) return text
  const [, sign = '', whole = '', fraction = ''] = parts
  return `${sign}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${fraction}`
}

function isOfNumbers(column: TextColumn, rows: readonly Row[]): boolean {
  if (column.isNumber === true) return true
  const values = rows.map(row => column.cell(row))
  return values.some(value => typeof value === 'number') || values.every(value => /^[-\d.,–]*%?$/.test(String(value ?? '–')))
}

/** Fractions of a column of decimals are filled up with blanks to the same length. */
function alignedPoints(cells: readonly (readonly string[])[], isDecimal: readonly boolean[]): string[][] {
  const fractionOf = (text: string) => (/^[-−\d,]+\.\d+$/.test(text) ? text.length - text.lastIndexOf('.') : 0)
  const longest = isDecimal.map((is, index) => (is ? cells.reduce((most, line) => Math.max(most, fractionOf(line[index] ?? '')), 0) : 0))
  return cells.map(line => line.map((text, index) => text + ' '.repeat(longest[index] ? (longest[index] ?? 0) - fractionOf(text) : 0)))
}

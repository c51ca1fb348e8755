/** How every command prints rows. */
import { type TextColumn, textTable } from '../platform/text-table.ts'

/** The option that renderRows goes with; copied into a sub-command's options. */
export const FORMAT_OPTION = { format: { value: 'text|json', does: 'how the result is printed (default text)' } } as const

/** Rows as a text table of all their columns (or of those named), or as one JSON array of objects. */
export function renderRows(
  rows: readonly Readonly<Record<string, unknown>>[],
  format: 'text' | 'json',
  columns?: readonly string[],
): string {
  if (format === 'json') return JSON.stringify(rows, null, 1)
  if (rows.length === 0) return 'nothing'
  const names = columns ?? Object.keys(rows[0] ?? {})
  const textColumns = names.map((name): TextColumn => ({ heading: name, cell: row => cellOf(row[name]) }))
  return textTable(textColumns, rows, Number.POSITIVE_INFINITY).join('\n')
}

function cellOf(value: unknown): string | number | null {
  return typeof value === 'string' || typeof value === 'number' || value === null
    ? value
    : value === undefined
      ? null
      : JSON.stringify(value)
}

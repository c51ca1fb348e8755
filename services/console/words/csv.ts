/** Rows as CSV: exact values, ISO times, quoted, and no cell that a spreadsheet would take for a formula. */
export function csvText(heads: readonly string[], rows: readonly (readonly unknown[])[]): string {
  return `${[heads, ...rows].map(cells => cells.map(csvCell).join(',')).join('\r\n')}\r\n`
}

function csvCell(value: unknown): string {
  const text = value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)
  const isNumber = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text)
  const guarded = !isNumber && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded
}

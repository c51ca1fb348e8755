/** The one writer of CSV: RFC 4180, CRLF, quotes where needed, and no text that a spreadsheet would run. */

/** A line with its end. Fields come from `csvText` and `csvPlain`. */
export function csvLine(fields: readonly string[]): string {
  return `${fields.join(',')}\r\n`
}

/**
 * A text of unknown origin. What a spreadsheet takes for a formula (it begins with `=`, `+`, `-`, `@`, a tab or a carriage return; OWASP
 * "CSV Injection") gets an apostrophe before it. null: an empty field.
 */
export function csvText(text: string | null): string {
  if (text === null) return ''
  return csvPlain(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)
}

/** A number, a time or a word of ours, as it is. null: an empty field. */
export function csvPlain(text: string | number | boolean | null): string {
  if (text === null) return ''
  const plain = String(text)
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}

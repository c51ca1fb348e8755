/** The most characters that `extra` holds. */
export const EXTRA_LIMIT = 4096
const NOTE = '"…"'

/**
 * What a line had and no column names, as JSON object text of at most 4096 characters; '' when there is nothing.
 * A field that does not fit is left out, and the number of those stands under the name "…".
 */
export function extraText(leftovers: readonly (readonly [string, unknown])[]): string {
  if (leftovers.length === 0) return ''
  const parts: string[] = []
  let length = 2
  let omitted = 0
  for (const [name, value] of leftovers) {
    const part = `${JSON.stringify(name)}:${jsonOf(value)}`
    // Room is kept for the note on what was left out.
    if (length + part.length + 1 > EXTRA_LIMIT - 16) {
      omitted += 1
      continue
    }
    parts.push(part)
    length += part.length + 1
  }
  if (omitted > 0) parts.push(`${NOTE}:${omitted}`)
  return `{${parts.join(',')}}`
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null'
  } catch {
    // Nested so deep that it cannot be written out again.
    return '"(too deep)"'
  }
}

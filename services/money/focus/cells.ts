/**
 * Values → cells, as the attributes of FOCUS 1.2 want them (numeric, date/time, string and key-value format) and its validator reads them.
 */
import { type Decimal, formatDecimal } from '../decimal.ts'

/**
 * A decimal as plain text with a point: `3.0`, because a column of whole numbers is taken for integers, which are no decimals to the
 * validator.
 */
export function decimalCell(value: Decimal): string {
  const text = formatDecimal(value)
  return text.includes('.') ? text : `${text}.0`
}

/** A time in UTC, whole seconds (a part of a second is cut off). */
export function timeCell(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`
}

/** Text in ASCII; '' is null. What is not ASCII, and control characters, become `\uXXXX`, so that two ids never become one. */
export function textCell(text: string): string | null {
  return text === '' ? null : escaped(text)
}

/** As `textCell`, for names: letters lose their accents first (`Müller` → `Muller`). */
export function nameCell(text: string): string | null {
  return textCell(text.normalize('NFD').replace(/\p{M}/gu, ''))
}

/**
 * A flat JSON object in ASCII, keys in order of code units; null when there is nothing in it. The escapes are JSON's own, so no value
 * changes.
 */
export function jsonCell(pairs: Readonly<Record<string, string | number | boolean>>): string | null {
  const keys = Object.keys(pairs).sort()
  return keys.length === 0 ? null : escaped(JSON.stringify(Object.fromEntries(keys.map(key => [key, pairs[key]]))))
}

function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
  return text.replace(/[\x00-\x1f\x7f-\uffff]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

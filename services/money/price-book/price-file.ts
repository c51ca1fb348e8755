/** What reading a price file gives, whatever its form. */
import type { PriceRow } from './price-row.ts'

/** The forms of price files. */
export const PRICE_FORMATS = ['litellm', 'openrouter', 'yaml', 'csv'] as const
export type PriceFormat = (typeof PRICE_FORMATS)[number]

/**
 * What a reader is told: the file's name for messages, where its prices come from, and when they begin and end (ms) unless the file says
 * so itself.
 */
export interface PriceFileSettings {
  name: string
  source: string
  valid_from: number
  valid_to: number | null
}

/** A price that cannot be taken; `place` is file and line. */
export interface RefusedPrice {
  place: string
  model: string
  field: string
  value: string
  reason: string
}

/** The prices of a file; rows have version 0 until they are stored. */
export interface PriceFile {
  format: PriceFormat
  /** Models, or rows of an own file, that it names. */
  models: number
  rows: PriceRow[]
  /** File and line of rows, where each has a line of its own. */
  places: Map<PriceRow, string>
  refused: RefusedPrice[]
  /** Fields that give no row, with why and how many. */
  skipped: { reason: string; field: string; count: number; first_model: string }[]
  /** Prices whose digits beyond the stated rule were rounded off. */
  rounded: number
}

/** Line (from 1) of the first key `model` of a JSON text, and of `field` after it where it is told; 1 where it is not found. */
export function lineOfKey(text: string, model: string, field?: string): number {
  const at = text.indexOf(`${JSON.stringify(model)}:`)
  const inside = field === undefined || at < 0 ? at : Math.max(at, text.indexOf(`${JSON.stringify(field)}:`, at))
  return text.slice(0, Math.max(0, inside)).split('\n').length
}

/** Adds a row that has a line of its own. */
export function take(file: PriceFile, row: PriceRow, place: string): void {
  file.rows.push(row)
  file.places.set(row, place)
}

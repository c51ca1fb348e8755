/** Own prices as CSV: a header of column names, a price a row (RFC 4180, UTF-8). */
import { type Info, parse } from 'csv-parse/sync'
import { AppError } from '../../platform/errors.ts'
import { FieldFault, OWN_COLUMNS, type OwnColumn, ownPriceRow } from './own-row.ts'
import { type PriceFile, type PriceFileSettings, take } from './price-file.ts'

const NEEDED = ['provider', 'model', 'token_kind', 'unit_price'] as const satisfies readonly OwnColumn[]

/**
 * Reads the text. PRICE_INVALID, with file and line, when it is no CSV or its header is not understood; a faulty row is refused in the
 * result.
 */
export function readOwnCsv(text: string, settings: PriceFileSettings): PriceFile {
  const [header, ...records] = parseRecords(text, settings.name)
  if (header === undefined) throw new AppError('PRICE_INVALID', `${settings.name}:1: expected a header line: ${OWN_COLUMNS.join(',')}`)
  const columns = header.cells.map(cell => cell.trim())
  checkHeader(columns, settings.name)
  const file: PriceFile = { format: 'csv', models: records.length, rows: [], places: new Map(), refused: [], skipped: [], rounded: 0 }
  for (const { line, cells } of records) {
    const place = `${settings.name}:${line}`
    const fields = Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? '']))
    const refuse = (field: string, reason: string) =>
      file.refused.push({ place, model: fields['model'] ?? '', field, value: fields[field] ?? '', reason })
    if (cells.length !== columns.length) {
      refuse('row', `has ${cells.length} fields, the header has ${columns.length}`)
      continue
    }
    try {
      take(file, ownPriceRow(fields, settings), place)
    } catch (error) {
      if (!(error instanceof FieldFault)) throw error
      refuse(error.field, error.message)
    }
  }
  return file
}

interface CsvRecord {
  line: number
  cells: string[]
}

/** Records with the line each ends on. */
function parseRecords(text: string, name: string): CsvRecord[] {
  try {
    const options = { bom: true, relax_column_count: true, skip_empty_lines: true, info: true } as const
    const records = parse(text, options) as unknown as { info: Info; record: string[] }[]
    return records.map(({ info, record }) => ({ line: info.lines, cells: record }))
  } catch (error) {
    const line = error instanceof Error && 'lines' in error ? Number(error.lines) : 1
    throw new AppError('PRICE_INVALID', `${name}:${line}: not CSV: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

function checkHeader(columns: readonly string[], name: string): void {
  const unknown = columns.find(column => !(OWN_COLUMNS as readonly string[]).includes(column))
  if (unknown !== undefined) {
    throw new AppError('PRICE_INVALID', `${name}:1: "${unknown}" is no column of a price file; known are ${OWN_COLUMNS.join(', ')}`)
  }
  const missing = NEEDED.find(column => !columns.includes(column))
  if (missing !== undefined) throw new AppError('PRICE_INVALID', `${name}:1: the column ${missing} is missing`)
  const twice = columns.find((column, index) => columns.indexOf(column) !== index)
  if (twice !== undefined) throw new AppError('PRICE_INVALID', `${name}:1: the column ${twice} stands there twice`)
}

/** A file, CSV or JSON of any nesting, as flat records whose values are texts. */
import { type Info, parse } from 'csv-parse/sync'
import { AppError, messageOf } from '../../../platform/errors.ts'
import { type JsonObject, type JsonText, parseJsonText } from '../../price-book/parse-json-text.ts'

/** One line of a CSV, or one object of a JSON file with the fields of the buckets around it. */
export interface InvoiceRecord {
  /** `file:line`, or `file:data[0].results[2]`. */
  place: string
  /** Value by column or dotted path, in lower case; '' and null are the same. */
  cells: ReadonlyMap<string, string>
  /** Lists inside the object, by path in lower case. */
  lists: ReadonlyMap<string, readonly JsonText[]>
}

/** The records, and the names that they have, as written. */
export interface InvoiceFile {
  name: string
  names: readonly string[]
  records: readonly InvoiceRecord[]
}

/** Reads the text. INVOICE_INVALID, with file and line, when it is empty, or neither CSV nor JSON. */
export function readRecords(text: string, name: string): InvoiceFile {
  const content = text.replace(/^\uFEFF/, '')
  if (content.trim() === '')
    throw new AppError('INVOICE_INVALID', `${name}:1: the file is empty; expected a CSV with a header line, or JSON`)
  const file = /^\s*[[{]/.test(content) ? readJson(content, name) : readCsv(content, name)
  if (file.records.length === 0) throw new AppError('INVOICE_INVALID', `${name}:2: no line in it; expected at least one beside the header`)
  return file
}

function readCsv(text: string, name: string): InvoiceFile {
  const rows = parseCsv(text, name)
  const header = rows[0]?.record.map(cell => cell.trim()) ?? []
  const keys = header.map(column => column.toLowerCase())
  const twice = keys.findIndex((key, index) => key !== '' && keys.indexOf(key) !== index)
  if (twice >= 0) throw new AppError('INVOICE_INVALID', `${name}:1: the column ${header[twice]} stands there twice`)
  const records = rows.slice(1).map(({ info, record }): InvoiceRecord => {
    const place = `${name}:${info.lines}`
    if (record.length !== keys.length)
      throw new AppError('INVOICE_INVALID', `${place}: expected ${keys.length} fields, as the header has, found ${record.length}`)
    return { place, cells: new Map(keys.map((key, index) => [key, (record[index] ?? '').trim()])), lists: new Map() }
  })
  return { name, names: header, records }
}

function parseCsv(text: string, name: string): { info: Info; record: string[] }[] {
  try {
    const options = { relax_column_count: true, skip_empty_lines: true, info: true, delimiter: [',', ';', '\t'] }
    return parse(text, options) as unknown as { info: Info; record: string[] }[]
  } catch (error) {
    const line = error instanceof Error && 'lines' in error ? Number(error.lines) : 1
    throw new AppError('INVOICE_INVALID', `${name}:${line}: not CSV: ${messageOf(error)}`, { cause: error })
  }
}

/** One document, or one a line. */
function readJson(text: string, name: string): InvoiceFile {
  const records: InvoiceRecord[] = []
  const names = new Set<string>()
  const take = (value: JsonText, prefix: string, around: JsonObject) => {
    if (Array.isArray(value)) for (const [index, one] of value.entries()) take(one, `${prefix}[${index}]`, around)
    else if (isObject(value)) {
      const inner = ['data', 'results'].find(key => Array.isArray(value[key]))
      if (inner !== undefined) {
        const { [inner]: list, ...rest } = value
        take(list as JsonText, `${prefix}${/[:.]$/.test(prefix) ? '' : '.'}${inner}`, { ...around, ...rest })
      } else records.push(recordOf({ ...around, ...value }, prefix, names))
    } else throw new AppError('INVOICE_INVALID', `${prefix}: expected an object, found ${JSON.stringify(value)}`)
  }
  const lines = text.trim().split(/\r?\n/)
  const isLines = lines.length > 1 && /^\{.*\}\s*$/.test(lines[0] ?? '')
  if (isLines)
    for (const [index, line] of lines.entries()) line.trim() && take(parseJson(line, `${name}:${index + 1}`), `${name}:${index + 1}:`, {})
  else take(parseJson(text, name), `${name}:`, {})
  return { name, names: [...names], records }
}

function parseJson(text: string, place: string): JsonText {
  try {
    return parseJsonText(text)
  } catch (error) {
    throw new AppError('INVOICE_INVALID', `${place}: not JSON: ${messageOf((error as Error).cause ?? error)}`, { cause: error })
  }
}

function recordOf(object: JsonObject, place: string, names: Set<string>): InvoiceRecord {
  const cells = new Map<string, string>()
  const lists = new Map<string, readonly JsonText[]>()
  const flatten = (value: JsonText, path: string) => {
    if (path !== '' && !isObject(value)) names.add(path)
    if (Array.isArray(value)) lists.set(path.toLowerCase(), value)
    else if (isObject(value)) for (const [key, one] of Object.entries(value)) flatten(one, path === '' ? key : `${path}.${key}`)
    else cells.set(path.toLowerCase(), value === null ? '' : String(value))
  }
  flatten(object, '')
  return { place: place.replace(/:$/, ''), cells, lists }
}

function isObject(value: JsonText): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

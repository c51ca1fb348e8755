import { isUtf8 } from 'node:buffer'
import { parse } from 'csv-parse/sync'
import type { Line } from '../../../schemas/dialects/dialect.ts'
import type { Reader } from '../../../schemas/dialects/field-table.ts'
import { recogniseDialect } from '../../../schemas/dialects/registry.ts'
import { AppError, messageOf } from '../../platform/errors.ts'
import { type LineState, type Message, refusedLine, valueLine } from './line.ts'

/** Content type of a message that holds a table with a header line (RFC 4180). */
export const CSV_MEDIA_TYPE = 'text/csv'

const DELIMITERS = [',', ';', '\t'] as const
const COLUMN = /^\s*(?:"[^"]{1,128}"|[A-Za-z_][\w .:/-]{0,127})\s*$/
/** Fewer columns are a sentence with a comma in it. */
const MIN_COLUMNS = 5

/** Whether a text's first line is the header of a table: names of columns, and nothing else. */
export function isCsvHeader(line: string): boolean {
  return delimiterOf(line) !== undefined
}

/** Whether the sender says that the message is a table. */
export function isCsv(message: Message): boolean {
  return message.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() === CSV_MEDIA_TYPE
}

/**
 * The records of a table, each an object of its columns; empty cells are not given. The columns must be those of a dialect
 * (LiteLLM_SpendLogs as a database exports it) or of a mapping file of the operator's (`own`); otherwise the whole is one refused line. A
 * record that is longer than the limit is refused alone.
 */
export function splitCsv(message: Message, config: { maxLineBytes: number; ownDialects?: readonly Reader[] }): LineState[] {
  const bytes = Buffer.from(message.value.buffer, message.value.byteOffset, message.value.byteLength)
  const text = bytes.toString('utf8')
  if (!isUtf8(bytes)) return [refusedLine(new AppError('LINE_NOT_UTF8', 'The table is not UTF-8.'), bytes, 0)]
  const header = text.slice(text.charCodeAt(0) === 0xfeff ? 1 : 0).split('\n', 1)[0] ?? ''
  const delimiter = delimiterOf(header)
  if (delimiter === undefined)
    return [refusedLine(new AppError('LINE_NOT_JSON', 'The table has no header line that names its columns.'), text, 0)]
  try {
    const records = recordsOf(text, delimiter)
    const [first] = records
    if (first !== undefined) recognise(first.record, header, config.ownDialects)
    return records.map(({ record, raw, info }) => lineOf(record, raw, info.lines, config.maxLineBytes))
  } catch (thrown) {
    const fault = thrown instanceof AppError ? thrown : new AppError('LINE_NOT_JSON', `The table cannot be read: ${messageOf(thrown)}.`)
    return [refusedLine(fault, text, 0)]
  }
}

interface CsvRecord {
  record: Line
  raw: string
  info: { lines: number }
}

function recordsOf(text: string, delimiter: string): CsvRecord[] {
  return parse(text, {
    bom: true,
    columns: true,
    delimiter,
    info: true,
    raw: true,
    relax_column_count: true,
    skip_empty_lines: true,
  }) as unknown as CsvRecord[]
}

function recognise(record: Line, header: string, own: readonly Reader[] | undefined): void {
  try {
    recogniseDialect(record, '', own)
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    const columns = header.trim().slice(0, 200)
    throw new AppError(
      'LINE_DIALECT_UNKNOWN',
      `It is a table (CSV) with the columns ${columns}, which are those of no dialect: ` +
        'describe them in a mapping file (docs/custom-dialects.md).',
    )
  }
}

/** `endLine`: the last line of the record in the text, from 1. A quoted cell may hold line ends. */
function lineOf(record: Line, raw: string, endLine: number, maxLineBytes: number): LineState {
  const text = raw.replace(/\r?\n$/, '')
  const textLine = endLine - text.split('\n').length
  const sizeBytes = Buffer.byteLength(text)
  if (sizeBytes > maxLineBytes)
    return refusedLine(new AppError('LINE_TOO_LONG', `The record has ${sizeBytes} bytes; the limit is ${maxLineBytes}.`), text, textLine)
  return valueLine(record, text, textLine)
}

function delimiterOf(header: string): string | undefined {
  return DELIMITERS.find(delimiter => {
    const columns = header.replace(/\r$/, '').split(delimiter)
    return columns.length >= MIN_COLUMNS && columns.every(column => COLUMN.test(column))
  })
}

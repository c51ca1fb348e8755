/** A provider's export → lines. */
import { DateTime } from 'luxon'
import { AppError } from '../../../platform/errors.ts'
import { type Decimal, multiply, parseDecimal } from '../../decimal.ts'
import { providerNames } from '../../price-book/provider-names.ts'
import type { InvoiceLine } from '../invoice-line.ts'
import { FORMATS, type FormatName, type InvoiceFormat } from './formats.ts'
import { kindOfText, modelOfText, tokensOfUnit } from './meter-text.ts'
import { type InvoiceFile, type InvoiceRecord, readRecords } from './records.ts'

/** What the reader is told. */
export interface InvoiceReading {
  /** Of the file, for messages. */
  name: string
  /** undefined: recognised by its columns. */
  format?: InvoiceFormat | FormatName | undefined
  /** Whose invoice it is, whatever the file says. */
  provider?: string | undefined
  /** IANA zone in which times of the file become days. */
  timeZone: string
}

/** The lines of an export. */
export interface Invoice {
  /** The format's title. */
  title: string
  lines: readonly InvoiceLine[]
  /** Lines that are of other services. */
  others: number
}

/**
 * Reads the text. INVOICE_INVALID, with file, line, column and what was expected, for the first thing that is not understood; nothing is
 * guessed.
 */
export function readInvoice(text: string, reading: InvoiceReading): Invoice {
  const file = readRecords(text, reading.name)
  const { format: given } = reading
  const format: InvoiceFormat = typeof given === 'string' ? FORMATS[given] : (given ?? recognise(file))
  checkNames(file, format)
  const { only } = format
  const isWanted = (record: InvoiceRecord) =>
    only === undefined || only.names.some(name => only.pattern.test(record.cells.get(name.toLowerCase()) ?? ''))
  const wanted = file.records.filter(isWanted)
  return {
    title: format.title,
    lines: wanted.flatMap(record => linesOf(record, format, reading)),
    others: file.records.length - wanted.length,
  }
}

function recognise(file: InvoiceFile): InvoiceFormat {
  const found = Object.values<InvoiceFormat>(FORMATS).find(format => format.recognised_by.every(names => hasOne(file, names)))
  if (found) return found
  const known = Object.keys(FORMATS).join(', ')
  throw new AppError(
    'INVOICE_INVALID',
    `${file.name}:1: its columns are those of no export that is known (${known}): ${file.names.slice(0, 12).join(', ')}. Give ` +
      `--mapping FILE, or --format-of-file to see what is missing`,
  )
}

function checkNames(file: InvoiceFile, format: InvoiceFormat): void {
  const missing = format.recognised_by.find(names => !hasOne(file, names))
  if (missing)
    throw new AppError(
      'INVOICE_INVALID',
      `${file.name}:1: the column ${missing.join(' or ')} is missing; expected ${format.title} (${format.source})`,
    )
}

function hasOne(file: InvoiceFile, names: readonly string[]): boolean {
  const there = new Set(file.names.map(name => name.toLowerCase()))
  return names.some(name => there.has(name.toLowerCase()))
}

function linesOf(record: InvoiceRecord, format: InvoiceFormat, reading: InvoiceReading): InvoiceLine[] {
  const text = format.text.map(name => cellOf(record, [name])?.value ?? '').join(' ')
  const named = cellOf(record, format.model)?.value ?? ''
  const common = {
    place: record.place,
    provider: providerOf(record, format, reading),
    model: named === '' && !format.usage && format.provider !== 'anthropic' ? modelOfText(text) : named,
    day: dayOf(record, format, reading.timeZone),
    currency: currencyOf(record, format),
  }
  if (format.usage) return usageLines(record, format.usage, common)
  const cost = decimalOf(record, format.cost)
  const unit = parseDecimal(format.cost_unit ?? '1')
  const digits = (cost?.text.split(/e/i)[0]?.split('.')[1]?.length ?? 0) - Number(/e(-?\d+)$/i.exec(cost?.text ?? '')?.[1] ?? 0)
  const kind = kindOf(record, format, text)
  const line: InvoiceLine = {
    ...common,
    kind,
    quantity: kind === 'other' || kind === 'discount' ? null : quantityOf(record, format),
    cost: cost === undefined ? null : multiply(cost.value, unit),
    cost_digits: Math.max(0, digits) + (format.cost_unit === undefined ? 0 : format.cost_unit.length - 2),
  }
  const credit = creditOf(record, format)
  return credit === 0n ? [line] : [line, { ...line, kind: 'discount', quantity: null, cost: credit, cost_digits: 12 }]
}

function usageLines(
  record: InvoiceRecord,
  usage: NonNullable<InvoiceFormat['usage']>,
  common: Omit<InvoiceLine, 'kind' | 'quantity' | 'cost' | 'cost_digits'>,
): InvoiceLine[] {
  return usage.flatMap(({ kind, names, without }) => {
    const quantity = (decimalOf(record, names)?.value ?? 0n) - (decimalOf(record, without ?? [])?.value ?? 0n)
    return quantity === 0n ? [] : [{ ...common, kind, quantity, cost: null, cost_digits: 0 }]
  })
}

function kindOf(record: InvoiceRecord, format: InvoiceFormat, text: string): string {
  const category = cellOf(record, format.category ?? [])?.value ?? ''
  if (/credit|discount|refund|edp|bundled/i.test(category) && !/discountedusage/i.test(category)) return 'discount'
  if (/^(tax|fee|purchase|adjustment|rounding)/i.test(category)) return 'other'
  if (text.trim() === '') return ''
  return kindOfText(text)
}

function quantityOf(record: InvoiceRecord, format: InvoiceFormat): Decimal | null {
  const quantity = decimalOf(record, format.quantity)
  if (quantity === undefined) return null
  const { quantity_unit: unit } = format
  const factor = typeof unit === 'number' ? unit : tokensOfUnit(cellOf(record, unit)?.value ?? '')
  return factor === null ? null : quantity.value * BigInt(factor)
}

function creditOf(record: InvoiceRecord, format: InvoiceFormat): Decimal {
  const lists = (format.credits ?? []).flatMap(name => record.lists.get(name) ?? [])
  return lists.reduce<Decimal>((sum, one) => {
    const amount = typeof one === 'object' && one !== null && !Array.isArray(one) ? one['amount'] : undefined
    return sum + (typeof amount === 'string' ? decimal(amount, record.place, 'credits.amount') : 0n)
  }, 0n)
}

function providerOf(record: InvoiceRecord, format: InvoiceFormat, reading: InvoiceReading): string {
  const name = reading.provider ?? (format.provider || cellOf(record, format.provider_names ?? [])?.value)
  if (!name) throw new AppError('INVOICE_INVALID', `${record.place}: no provider is named; give --provider`)
  return providerNames(name).provider
}

function currencyOf(record: InvoiceRecord, format: InvoiceFormat): string {
  if (typeof format.currency === 'string') return format.currency
  const { name, value } = cellOf(record, format.currency) ?? { name: format.currency[0] ?? '', value: '' }
  const currency = value.toUpperCase()
  if (!/^[A-Z]{3}$/.test(currency)) throw fault(record, name, `"${value}" is no currency; expected three letters such as USD`)
  return currency
}

const FORMS = ['M/d/yyyy', "yyyy-MM-dd HH:mm:ss 'UTC'", "yyyy-MM-dd HH:mm:ss.u 'UTC'", 'yyyyMMdd']

/** A date is taken as it stands; an instant is a day of the zone; seconds since 1970 are an instant. */
function dayOf(record: InvoiceRecord, format: InvoiceFormat, zone: string): string {
  if (format.day.length === 0) return ''
  const { name, value } = cellOf(record, format.day) ?? { name: format.day[0] ?? '', value: '' }
  const instant = /^\d{9,11}$/.test(value) ? DateTime.fromSeconds(Number(value), { zone }) : isoTime(value, zone)
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(value)
  const time = instant.isValid
    ? instant
    : FORMS.map(form => DateTime.fromFormat(value, form, { zone: form.includes('UTC') ? 'utc' : zone })).find(one => one.isValid)
  if (!time?.isValid)
    throw fault(record, name, `"${value}" is no day; expected 2026-09-01, 2026-09-01T00:00:00Z, 9/1/2026 or seconds since 1970`)
  return isDate ? value : (time.setZone(zone).toISODate() ?? '')
}

/** luxon would take 2026-10 for its first day and 10:00 for today. */
function isoTime(value: string, zone: string): DateTime {
  return /^\d{4}-\d{2}-\d{2}/.test(value) ? DateTime.fromISO(value, { zone }) : DateTime.invalid('not a whole date')
}

function decimalOf(record: InvoiceRecord, names: readonly string[]): { value: Decimal; text: string } | undefined {
  const cell = cellOf(record, names)
  return cell && { value: decimal(cell.value, record.place, cell.name), text: cell.value }
}

function decimal(text: string, place: string, column: string): Decimal {
  try {
    return parseDecimal(text)
  } catch (error) {
    throw new AppError(
      'INVOICE_INVALID',
      `${place}: ${column}: "${text.slice(0, 40)}" is no number; expected one such as 12.5 or 1.25e-3`,
      { cause: error },
    )
  }
}

/** The first of the columns that has a value. */
function cellOf(record: InvoiceRecord, names: readonly string[]): { name: string; value: string } | undefined {
  for (const name of names) {
    const value = record.cells.get(name.toLowerCase())
    if (value !== undefined && value !== '') return { name, value }
  }
  return undefined
}

function fault(record: InvoiceRecord, column: string, words: string): AppError {
  return new AppError('INVOICE_INVALID', `${record.place}: ${column}: ${words}`)
}

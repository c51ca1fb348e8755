/** One price of an own file, given as texts by column name → a row. YAML and CSV share it, so the two say the same in the same words. */
import { parseTimeOrDate } from '../../../schemas/dialects/iso-time.ts'
import { AppError, messageOf } from '../../platform/errors.ts'
import { formatDecimal, parseDecimal } from '../decimal.ts'
import { fractionDigitsOf } from './price-digits.ts'
import type { PriceFileSettings } from './price-file.ts'
import { PRICE_KINDS, type PriceKind, type PriceRow, parsePriceRow, unitOfKind } from './price-row.ts'
import { providerNames } from './provider-names.ts'

/** The columns of an own file: those of `prices` but for the version. */
export const OWN_COLUMNS = [
  'provider',
  'model',
  'token_kind',
  'service_tier',
  'min_input_tokens',
  'threshold_operator',
  'region_factor',
  'modifier_factor',
  'unit',
  'unit_price',
  'currency',
  'valid_from',
  'valid_to',
  'source',
] as const
/** A column of an own file. */
export type OwnColumn = (typeof OWN_COLUMNS)[number]
/** Texts by column; absent and '' take the default. */
export type OwnFields = Partial<Record<OwnColumn, string>>

/** What a million tokens cost stands in own files under this unit; the book keeps the price of one. */
export const MILLION_TOKENS = 'million_tokens'
const CURRENCY = 'USD'

/** A fault of one field, said without the place. */
export class FieldFault extends AppError {
  readonly field: OwnColumn | 'row'
  constructor(field: OwnColumn | 'row', message: string) {
    super('PRICE_INVALID', message)
    this.field = field
  }
}

/**
 * The row that the fields say. Own prices are exact: nothing is rounded, more than 18 digits after the point are refused.
 * Throws FieldFault that names the field and what was expected.
 */
export function ownPriceRow(fields: OwnFields, settings: PriceFileSettings): PriceRow {
  const given = (column: OwnColumn) => fields[column]?.trim() ?? ''
  const token_kind = kindOf(given('token_kind'))
  const { unit, unit_price } = priceOf(token_kind, given('unit'), given('unit_price'))
  const row = {
    provider: needed('provider', given('provider'), name => providerNames(name).provider),
    model: needed('model', given('model'), name => name),
    token_kind,
    service_tier: given('service_tier'),
    min_input_tokens: wholeNumber(given('min_input_tokens')),
    threshold_operator: given('threshold_operator') || '>',
    region_factor: sorted(given('region_factor')),
    modifier_factor: sorted(given('modifier_factor')),
    unit,
    unit_price,
    currency: given('currency') || CURRENCY,
    valid_from: timeOf('valid_from', given('valid_from')) ?? settings.valid_from,
    valid_to: timeOf('valid_to', given('valid_to')) ?? settings.valid_to,
    source: given('source') || settings.source,
    version: 0,
  }
  try {
    return parsePriceRow(row, '')
  } catch (error) {
    const message = error instanceof Error ? error.message.replace(/^: /, '') : String(error)
    const field = OWN_COLUMNS.find(column => message.startsWith(`${column} `)) ?? 'row'
    throw new FieldFault(field, message.slice(field === 'row' ? 0 : field.length + 1))
  }
}

function needed(column: OwnColumn, text: string, toName: (text: string) => string): string {
  if (text === '') throw new FieldFault(column, 'is missing')
  return toName(text)
}

function kindOf(text: string): PriceKind {
  const kind = PRICE_KINDS.find(one => one === text)
  if (kind === undefined) throw new FieldFault('token_kind', `"${text}" is none of ${PRICE_KINDS.join(', ')}`)
  return kind
}

function priceOf(kind: PriceKind, unitText: string, priceText: string): { unit: string; unit_price: string } {
  if (kind === 'withdrawn') {
    if (priceText !== '') throw new FieldFault('unit_price', 'must be empty where a model is withdrawn')
    return { unit: 'none', unit_price: '0' }
  }
  if (priceText === '') throw new FieldFault('unit_price', 'is missing; free is 0, and a price that is not known has no row')
  const unit = unitOfKind(kind)
  const isMillion = unitText === MILLION_TOKENS
  if (!['', unit].includes(unitText) && !(isMillion && unit === 'token')) {
    const others = PRICE_KINDS.filter(one => unitOfKind(one) === unitText).join(', ')
    const words = `${kind} is priced by the ${unit}${unit === 'token' ? ` or by ${MILLION_TOKENS}` : ''}`
    throw new FieldFault('unit', `"${unitText}": ${words}${others === '' ? '' : `; by the ${unitText} are ${others}`}`)
  }
  return { unit, unit_price: exactPrice(priceText, isMillion ? 6 : 0, fractionDigitsOf(kind)) }
}

/** The price times 10^-shift, with no digit lost. */
function exactPrice(text: string, shift: number, kept: number): string {
  const message = faultOf(text)
  if (message !== undefined) throw new FieldFault('unit_price', message)
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const digits = whole + fraction
  const significant = digits.replace(/0+$/, '')
  const places = fraction.length - (digits.length - significant.length) - Number(exponent) + shift
  if (/[1-9]/.test(significant) && places > kept) {
    throw new FieldFault('unit_price', `"${text}" needs ${places} digits after the point; ${kept} are kept`)
  }
  return formatDecimal(parseDecimal(`${mantissa}e${Number(exponent) - shift}`))
}

/** Why the text is no price; undefined: it is one. */
function faultOf(text: string): string | undefined {
  try {
    parseDecimal(text, { rejectNegative: true })
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

/** Factors in one order, so that two files that say the same give the same row. */
function sorted(factors: string): string {
  return factors.split(/\s+/).filter(Boolean).sort().join(' ')
}

function wholeNumber(text: string): number {
  if (text === '') return 0
  if (!/^\d{1,15}$/.test(text)) throw new FieldFault('min_input_tokens', `"${text}" is not a number of tokens`)
  return Number(text)
}

function timeOf(column: OwnColumn, text: string): number | undefined {
  if (text === '') return undefined
  const time = parseTimeOrDate(text)
  if (time === undefined) throw new FieldFault(column, `"${text}" is no time; expected 2026-09-01 or 2026-09-01T00:00:00Z`)
  return time
}

/**
 * LiteLLM's price file → price rows. Prices are read as the text that stands in the file, never as floats.
 * Rules: a price per token is rounded half to even at 15 fraction digits (the file carries float dust from the 20th digit on), one per
 * second or hour at 12, any other at 18; zero is a price (free) and kept; an absent field gives no row (unpriced). A field that cannot be
 * a price is refused, named in the report and leaves its model unpriced for that kind; the rest of the file is imported.
 */
import { AppError, messageOf } from '../../platform/errors.ts'
import { compare, formatDecimal, parseDecimal, TOKEN_PRICE_FRACTION_DIGITS } from '../decimal.ts'
import { type EntryLog, isObject, type LitellmEntry, type PricedField, readLitellmEntry } from './litellm-entry.ts'
import type { SkipReason } from './litellm-keys.ts'
import { type JsonText, parseJsonText } from './parse-json-text.ts'
import { fractionDigitsOf } from './price-digits.ts'
import { type PriceKind, type PriceRow, parsePriceRow, unitOfKind } from './price-row.ts'
import { providerNames } from './provider-names.ts'

/** What an import is told: its version, where the file came from, and from when until when (ms, end exclusive) its prices are in force. */
export type ImportSettings = { version: number; source: string; valid_from: number; valid_to: number | null }

/** What became of the file: every field of every model is a row, a factor, skipped or refused. */
export type ImportReport = {
  models: number
  /** Models that no row came from: no price field, or all refused. They stay unpriced. */
  models_without_rows: string[]
  rows: number
  factors: number
  skipped: { reason: SkipReason; field: string; count: number; first_model: string }[]
  refused: { model: string; field: string; value: string; reason: string }[]
  rounded: { model: string; field: string; value: string; unit_price: string }[]
}

/** Keys of the file that are no models: documentation, and rules that carry no prices. */
const SPECIAL_KEYS = ['sample_spec', 'fallback_generalizations']
/**
 * USD. The dearest price per token known is 0.0006 (o1-pro, output); the file has prices per thousand or more entered as per-token ones.
 */
const ABSURD_TOKEN_PRICE = '0.001'
/** USD per second, image, request, page, … */
const ABSURD_UNIT_PRICE = '10000'

/** Reads the text of the file. PRICE_INVALID when it is not a JSON object; a fault in one field is refused in the report instead. */
export function importLitellmPrices(text: string, settings: ImportSettings): { rows: PriceRow[]; report: ImportReport } {
  const file = parseJsonText(text)
  if (!isObject(file)) throw new AppError('PRICE_INVALID', `${settings.source}: the price file is not a JSON object of models`)
  const report: ImportReport = { models: 0, models_without_rows: [], rows: 0, factors: 0, skipped: [], refused: [], rounded: [] }
  const skips = new Map<string, ImportReport['skipped'][number]>()
  const rows: PriceRow[] = []
  for (const [model, entry] of Object.entries(file)) {
    const log: EntryLog = {
      skip(field, reason) {
        const skipped = skips.get(`${reason} ${field}`) ?? { reason, field, count: 0, first_model: model }
        skips.set(`${reason} ${field}`, { ...skipped, count: skipped.count + 1 })
      },
      refuse(field, value, reason) {
        report.refused.push({ model, field, value: typeof value === 'string' ? value : (JSON.stringify(value) ?? ''), reason })
      },
    }
    if (SPECIAL_KEYS.includes(model)) {
      log.skip(model, 'special_entry')
      continue
    }
    const found = modelRows(model, entry, settings, report, log)
    report.models++
    report.rows += found.length
    if (found.length === 0) report.models_without_rows.push(model)
    rows.push(...found)
  }
  return { rows, report: { ...report, skipped: [...skips.values()] } }
}

function modelRows(model: string, entry: JsonText, settings: ImportSettings, report: ImportReport, log: EntryLog): PriceRow[] {
  const litellmProvider = isObject(entry) ? entry['litellm_provider'] : undefined
  if (!isObject(entry) || typeof litellmProvider !== 'string' || !litellmProvider) {
    log.refuse('litellm_provider', litellmProvider, 'the entry is not an object that names its provider')
    return []
  }
  const { priced, ...factors } = readLitellmEntry(entry, log)
  report.factors += factors.region_factor.size + factors.modifier_factor.size
  const { provider } = providerNames(litellmProvider)
  const rows = new Map<string, PriceRow>()
  for (const field of priced) {
    const { token_kind, service_tier, min_input_tokens } = field
    const unit = unitOfKind(token_kind)
    const thing = [token_kind, service_tier, min_input_tokens, unit].join('\n')
    if (rows.has(thing)) {
      log.skip(field.field, 'given_by_another_field')
      continue
    }
    // LiteLLM compares with ">=" for xAI only (its _INCLUSIVE_THRESHOLD_PROVIDERS).
    const threshold_operator = provider === 'x_ai' ? '>=' : '>'
    const row = { provider, model, token_kind, service_tier, min_input_tokens, threshold_operator, unit, currency: 'USD', ...settings }
    try {
      const unit_price = readPrice(field)
      rows.set(thing, parsePriceRow({ ...row, ...factorTexts(factors, unit), unit_price }, model))
      if (isRounded(field)) report.rounded.push({ model, field: field.field, value: String(field.value), unit_price })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      log.refuse(field.field, field.value, messageOf(error))
    }
  }
  return [...rows.values()]
}

/** Region uplifts are on everything that the model costs; Anthropic's modifiers are on tokens alone. */
function factorTexts({ region_factor, modifier_factor }: Omit<LitellmEntry, 'priced'>, unit: string) {
  const text = (factors: ReadonlyMap<string, string>) =>
    [...factors]
      .map(([name, factor]) => `${name}=${factor}`)
      .sort()
      .join(' ')
  return { region_factor: text(region_factor), modifier_factor: unit === 'token' ? text(modifier_factor) : '' }
}

function readPrice({ token_kind, value }: PricedField): string {
  const unit = unitOfKind(token_kind)
  if (typeof value !== 'string') throw new AppError('PRICE_INVALID', 'not a number')
  const price = parseDecimal(value, { fractionDigits: keptDigits(token_kind), rejectNegative: true })
  const limit = unit === 'token' ? ABSURD_TOKEN_PRICE : ABSURD_UNIT_PRICE
  if (compare(price, parseDecimal(limit)) > 0) throw new AppError('PRICE_INVALID', `absurd: more than ${limit} USD per ${unit}`)
  return formatDecimal(price)
}

/** Whether a price, as the text that stands in a file, has more digits than are kept of it. */
export function isRounded({ token_kind, value }: { token_kind: PriceKind; value: JsonText }): boolean {
  const [digits = '', exponent = '0'] = String(value).toLowerCase().split('e')
  return (digits.split('.')[1]?.replace(/0+$/, '').length ?? 0) - Number(exponent) > keptDigits(token_kind)
}

/** Digits after the point that a list's price of this kind keeps: lists carry float dust in prices per token. */
export function keptDigits(token_kind: PriceKind): number {
  return unitOfKind(token_kind) === 'token' ? TOKEN_PRICE_FRACTION_DIGITS : fractionDigitsOf(token_kind)
}

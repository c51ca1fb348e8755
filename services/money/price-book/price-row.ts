/** One price of the price book, as it is imported, stored (`prices`, one column per field) and resolved. */
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { BILLED_UNITS, type BilledUnitName, billedUnitNames, isBilledUnit } from '../../../schemas/billed-units.ts'
import { AppError } from '../../platform/errors.ts'
import { formatDecimal, parseDecimal } from '../decimal.ts'
import { fractionDigitsOf, isTooDear, TOO_DEAR } from './price-digits.ts'

/** Kinds priced by the token; `resolvePrices` gives a price or null for each. */
export const BAND_KINDS = [
  'input',
  'cached_input',
  'cache_write',
  'cache_write_1h',
  'output',
  'reasoning',
  'audio_input',
  'cached_audio_input',
  'audio_cache_write',
  'audio_output',
  'image_input',
  'image_output',
  'video_output',
] as const
/** A kind priced by the token. */
export type BandKind = (typeof BAND_KINDS)[number]

/** What a price may be for. */
export type PriceKind = BandKind | BilledUnitName | 'withdrawn'
/**
 * Kinds of tokens, then what is billed by another unit (schemas/billed-units.ts). Audio written to a cache and video tokens are kept in
 * the book and not applied: no line counts them. `withdrawn` is no price: it says that the model has none from `valid_from` on.
 */
export const PRICE_KINDS: readonly PriceKind[] = [...BAND_KINDS, ...billedUnitNames, 'withdrawn']

/** The unit that a kind is priced by: token, second, image, …; none where the model is withdrawn. */
export function unitOfKind(kind: PriceKind): string {
  if (isBilledUnit(kind)) return BILLED_UNITS[kind].unit
  return kind === 'withdrawn' ? 'none' : 'token'
}

/** A price with the conditions it holds under. */
export const PriceRow = Type.Object(
  {
    provider: Type.String({ minLength: 1, maxLength: 512, description: 'canonical provider name, see provider-names.ts' }),
    model: Type.String({ minLength: 1, maxLength: 512, description: 'the key in its source, e.g. azure/eu/gpt-4o-2024-08-06' }),
    token_kind: Type.Unsafe<PriceKind>(Type.Union(PRICE_KINDS.map(kind => Type.Literal(kind)))),
    service_tier: Type.String({ maxLength: 64, description: 'empty: standard; batch, flex, priority' }),
    min_input_tokens: Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'context threshold on the input tokens of the request; 0: base price',
    }),
    threshold_operator: Type.Union([Type.Literal('>'), Type.Literal('>=')], {
      description: 'how the input tokens are compared with a threshold above 0',
    }),
    region_factor: Type.String({
      pattern: '^([a-z0-9-]+=\\d+(\\.\\d+)?( [a-z0-9-]+=\\d+(\\.\\d+)?)*)?$',
      description: 'price multipliers by region, e.g. "eu=1.1 us=1.1"; empty: none',
    }),
    modifier_factor: Type.String({
      pattern: '^([a-z0-9_]+=\\d+(\\.\\d+)?( [a-z0-9_]+=\\d+(\\.\\d+)?)*)?$',
      description: 'price multipliers by what an attempt tells in price_modifiers, e.g. "fast_mode=2 inference_geo_us=1.1"; empty: none',
    }),
    unit: Type.String({ minLength: 1, maxLength: 64, description: 'token, second, image, …: decided by the kind' }),
    unit_price: Type.String({ maxLength: 64, description: 'decimal text below 10^6, currency per one unit; "0" is free' }),
    currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' }),
    valid_from: Type.Integer({ minimum: 0, maximum: 8.64e15, description: 'first ms (UTC) it is in force' }),
    valid_to: Type.Union([Type.Integer({ minimum: 0, maximum: 8.64e15 }), Type.Null()], {
      description: 'first ms (UTC) it is no longer in force; null: open',
    }),
    source: Type.String({ minLength: 1, maxLength: 512, description: 'where the price was read' }),
    version: Type.Integer({ minimum: 0, maximum: 0xffffffff, description: 'the import it came with' }),
  },
  { additionalProperties: false },
)
export type PriceRow = Static<typeof PriceRow>

const rowCheck = Compile(PriceRow)

/**
 * Checks one row of any origin and gives it back with `unit_price` in canonical text.
 * PRICE_INVALID names the row (`name`, else its provider and model) and the field.
 */
export function parsePriceRow(input: unknown, name?: string): PriceRow {
  const [error] = rowCheck.Check(input) ? [] : rowCheck.Errors(input)
  if (error) throw invalid(name ?? 'price row', error.instancePath.slice(1) || 'row', error.message)
  const row = input as PriceRow
  const where = name ?? `${describeRow(row)} (version ${row.version})`
  if (row.valid_to !== null && row.valid_to <= row.valid_from) throw invalid(where, 'valid_to', 'must be later than valid_from')
  const unit = unitOfKind(row.token_kind)
  if (row.unit !== unit) throw invalid(where, 'unit', `must be ${unit}: ${row.token_kind} is priced by the ${unit}`)
  return { ...row, unit_price: priceText(row, where) }
}

function priceText({ token_kind, unit_price }: PriceRow, where: string): string {
  const reading = { rejectNegative: true, fractionDigits: fractionDigitsOf(token_kind) }
  try {
    const price = parseDecimal(unit_price, reading)
    if (price !== parseDecimal(unit_price)) throw new Error(`has more than ${reading.fractionDigits} digits after the point`)
    if (isTooDear(price)) throw new Error(`is ${TOO_DEAR} or more`)
    return formatDecimal(price)
  } catch (error) {
    throw invalid(where, 'unit_price', error instanceof Error ? error.message : 'is not a decimal')
  }
}

/** Two prices that cannot both hold: the row at fault, the field, and what is wrong with it. */
export interface RowConflict {
  row: PriceRow
  field: 'valid_from' | 'currency' | 'threshold_operator'
  message: string
}

/** As `findRowConflict`, but throws PRICE_INVALID that names the row and the field. */
export function checkRowsAgree(rows: readonly PriceRow[]): void {
  const conflict = findRowConflict(rows)
  if (conflict) throw invalid(`${describeRow(conflict.row)} (version ${conflict.row.version})`, conflict.field, conflict.message)
}

/**
 * Whether rows of one provider and model contradict each other within a version: two prices for the same thing at the same time, two
 * currencies, two operators at one threshold.
 */
export function findRowConflict(rows: readonly PriceRow[]): RowConflict | undefined {
  const byThing = Map.groupBy(rows, row => `${row.version}\n${thingOf(row)}`)
  for (const same of byThing.values()) {
    const ordered = same.toSorted((a, b) => a.valid_from - b.valid_from)
    for (const [index, row] of ordered.entries()) {
      const next = ordered[index + 1]
      if (next && (row.valid_to === null || row.valid_to > next.valid_from)) {
        return { row: next, field: 'valid_from', message: 'overlaps another price for the same thing' }
      }
    }
  }
  for (const version of Map.groupBy(rows, row => row.version).values()) {
    const other = version.find(row => row.currency !== version[0]?.currency)
    if (other) return { row: other, field: 'currency', message: 'differs from the other prices of the model' }
    for (const threshold of Map.groupBy(version, row => row.min_input_tokens).values()) {
      const mixed = threshold.find(row => row.min_input_tokens > 0 && row.threshold_operator !== threshold[0]?.threshold_operator)
      if (mixed) return { row: mixed, field: 'threshold_operator', message: 'differs from the other prices at this threshold' }
    }
  }
  return undefined
}

/** What a price is for within its model: kind, tier, threshold, unit. */
export function thingOf(row: PriceRow): string {
  return [row.token_kind, row.service_tier, row.min_input_tokens, row.unit].join('\n')
}

/** A row in words: provider, model, kind, tier, threshold. */
export function describeRow(row: PriceRow): string {
  const tier = row.service_tier ? ` ${row.service_tier}` : ''
  const threshold = row.min_input_tokens ? ` ${row.threshold_operator}${row.min_input_tokens}` : ''
  return `${row.provider} ${row.model} ${row.token_kind}${tier}${threshold}`
}

function invalid(where: string, field: string, message: string): AppError {
  return new AppError('PRICE_INVALID', `${where}: ${field} ${message}`)
}

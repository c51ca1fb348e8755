import { AppError } from '../../services/platform/errors.ts'
import { BILLED_UNITS_PATTERN, billedUnitsText, priceModifiersText, readBilledUnits } from '../billed-units.ts'
import { decimalText } from './decimal-text.ts'
import type { Transform } from './dialect.ts'
import { parseIsoTime } from './iso-time.ts'

type Convert = (value: unknown) => string | number | boolean | undefined

const WHOLE = /^\d{1,17}(?:\.0+)?$/
const NUMBER = /^\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/
const BILLED_UNITS = new RegExp(BILLED_UNITS_PATTERN)
const MODIFIER = /^[a-z0-9_]{1,64}$/
/** From here on a bare number is milliseconds, below it seconds. */
const SECONDS_END = 1e11

const FLAGS: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  [true, true],
  [false, false],
  [1, true],
  [0, false],
  ['true', true],
  ['false', false],
  ['True', true],
  ['False', false],
  ['1', true],
  ['0', false],
])

function count(value: unknown): number | undefined {
  const number = typeof value === 'number' ? value : typeof value === 'string' && WHOLE.test(value) ? Number(value) : -1
  // Adding 0 turns -0 into 0, which JSON can hold and ClickHouse cannot.
  return Number.isSafeInteger(number) && number >= 0 ? number + 0 : undefined
}

function amount(value: unknown): number | undefined {
  const number = typeof value === 'number' ? value : typeof value === 'string' && NUMBER.test(value) ? Number(value) : -1
  return Number.isFinite(number) && number >= 0 ? number + 0 : undefined
}

function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

function iso(value: unknown, zonelessIsUtc: boolean): number | undefined {
  return typeof value === 'string' ? parseIsoTime(value, zonelessIsUtc) : undefined
}

function epochMs(value: unknown): number | undefined {
  const number = amount(value)
  return number === undefined ? undefined : Math.floor(number)
}

function epochNs(value: unknown): number | undefined {
  const digits = typeof value === 'number' ? String(value) : value
  if (typeof digits !== 'string' || !/^\d{1,19}$/.test(digits)) return undefined
  return digits.length <= 6 ? 0 : Number(digits.slice(0, -6))
}

function seconds(value: unknown): number | undefined {
  const number = amount(value)
  return number === undefined ? undefined : microseconds(number * 1000)
}

function microsecondsTold(value: unknown): number | undefined {
  const number = amount(value)
  return number === undefined ? undefined : microseconds(number / 1000)
}

function nanoseconds(value: unknown): number | undefined {
  const number = amount(value)
  return number === undefined ? undefined : microseconds(number / 1_000_000)
}

function epoch(value: unknown): number | undefined {
  const number = amount(value)
  if (number === undefined) return undefined
  return wholeMs(number < SECONDS_END ? microseconds(number * 1000) : number)
}

function billedUnits(value: unknown): string | undefined {
  if (typeof value === 'string') {
    const text = value.trim()
    const units = readBilledUnits(text)
    // A unit told twice stands once in the map.
    const isSound = BILLED_UNITS.test(text) && units.size === text.split(' ').length
    return text === '' ? '' : isSound ? billedUnitsText(Object.fromEntries(units)) : undefined
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? billedUnitsText(value as Record<string, unknown>)
    : undefined
}

function priceModifiers(value: unknown): string | undefined {
  const names: unknown[] = typeof value === 'string' ? value.split(/\s+/).filter(Boolean) : Array.isArray(value) ? value : [undefined]
  return names.every(name => typeof name === 'string' && MODIFIER.test(name)) ? priceModifiersText(names as string[]) : undefined
}

const converters: { readonly [Name in Transform]: { expected: string; convert: Convert } } = {
  text: { expected: 'text', convert: text },
  count: { expected: 'a whole number from 0 to 9007199254740991', convert: count },
  ms: { expected: 'milliseconds, 0 or more', convert: amount },
  s: { expected: 'seconds, 0 or more', convert: seconds },
  us: { expected: 'microseconds, 0 or more', convert: microsecondsTold },
  ns: { expected: 'nanoseconds, 0 or more', convert: nanoseconds },
  flag: { expected: 'true or false', convert: value => FLAGS.get(value) },
  decimal_text: { expected: 'a decimal amount, 0 or more, below 1000000000', convert: value => decimalText(value) },
  billed_units: { expected: 'an object or text of unit=quantity, as in {"output_image": 2}', convert: billedUnits },
  price_modifiers: { expected: 'names of small letters, digits and _, as a list or with spaces between', convert: priceModifiers },
  iso_time: { expected: 'an ISO 8601 time with a zone', convert: value => iso(value, false) },
  iso_or_epoch_ms: {
    expected: 'an ISO 8601 time with a zone, or whole milliseconds since 1970',
    convert: value => (typeof value === 'number' ? count(value) : iso(value, false)),
  },
  epoch_ms: { expected: 'milliseconds since 1970', convert: epochMs },
  epoch_ns: { expected: 'whole nanoseconds since 1970', convert: epochNs },
  utc_or_epoch_s: {
    expected: 'seconds since 1970, or an ISO 8601 time (UTC where it has no zone)',
    convert: value => iso(value, true) ?? wholeMs(seconds(value)),
  },
  utc_or_epoch_fine: {
    expected: 'seconds since 1970, or an ISO 8601 time (UTC where it has no zone)',
    convert: value => iso(value, true) ?? seconds(value),
  },
  time: {
    expected: 'an ISO 8601 time with a zone, or seconds or milliseconds since 1970',
    convert: value => iso(value, false) ?? epoch(value),
  },
}

/** Cut to whole milliseconds as texts of times are, so that the two forms of one instant are one number. */
function wholeMs(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.floor(ms)
}

/** Milliseconds cut to whole microseconds, which removes the noise of binary fractions. */
export function microseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

/** The function of a transform; `undefined` from it means that the value is not of the expected form. */
export function converterOf(transform: Transform): Convert {
  return converters[transform].convert
}

/** The refusal of a value: names source field, value and what was expected. */
export function invalidField(path: string, value: unknown, transform: Transform): AppError {
  return new AppError('LINE_FIELD_INVALID', `${path} is ${shown(value)}; expected ${converters[transform].expected}.`)
}

/** A value as it may stand in a message: short, with its kind where it is no plain value. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value)
  return Array.isArray(value) ? 'a list' : 'an object'
}

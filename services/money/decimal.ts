/**
 * Exact decimals as integers scaled by 10^18: the same numbers, the same range and the same scale as ClickHouse's Decimal(38, 18).
 * Own code rather than decimal.js or big.js: money here is fixed-point, needs only plus, times and compare, and must equal what the
 * settling query computes to the last digit. Those libraries carry a configurable precision (20 digits in decimal.js) that rounds silently.
 */
import { AppError } from '../platform/errors.ts'

/** A decimal number times 10^18. Plus, minus and compare are those of bigint; use the functions here for the rest. */
export type Decimal = bigint

/** Digits after the point that a Decimal holds. */
export const FRACTION_DIGITS = 18
/** Digits after the point that a price per token keeps: clean prices need 12, and float dust starts at the 20th. */
export const TOKEN_PRICE_FRACTION_DIGITS = 15

const ONE = 10n ** 18n
const LIMIT = 10n ** 38n
const DECIMAL_TEXT = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/
const MAX_TEXT_LENGTH = 400

/** How `parseDecimal` reads: digits kept after the point (rounded half to even), and whether numbers below zero are refused. */
export type DecimalReading = { fractionDigits?: number; rejectNegative?: boolean }

/**
 * Reads plain or E notation as JSON writes numbers. Digits beyond `fractionDigits` (18 unless told) are rounded half to even, once.
 * PRICE_INVALID for anything else (NaN, Infinity, empty, spaces), for 10^20 and more, and for negatives where `rejectNegative` says so.
 */
export function parseDecimal(text: string, reading: DecimalReading = {}): Decimal {
  const fractionDigits = reading.fractionDigits ?? FRACTION_DIGITS
  const parts = text.length <= MAX_TEXT_LENGTH ? DECIMAL_TEXT.exec(text) : null
  if (!parts) throw new AppError('PRICE_INVALID', `"${text.slice(0, 40)}" is not a finite decimal number`)
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts
  const digits = BigInt(whole + fraction)
  const shift = Number(exponent) - fraction.length + fractionDigits
  const kept = shift >= 0 ? digits * 10n ** BigInt(shift) : divideHalfEven(digits, 10n ** BigInt(-shift))
  const value = kept * 10n ** BigInt(FRACTION_DIGITS - fractionDigits)
  if (value >= LIMIT) throw new AppError('PRICE_INVALID', `"${text.slice(0, 40)}" is 10^20 or more`)
  if (sign && digits > 0n && reading.rejectNegative) throw new AppError('PRICE_INVALID', `"${text.slice(0, 40)}" is negative`)
  return sign ? -value : value
}

/** The shortest plain text: no exponent, no trailing zeros, no "-0". */
export function formatDecimal(value: Decimal): string {
  const magnitude = value < 0n ? -value : value
  const fraction = (magnitude % ONE).toString().padStart(FRACTION_DIGITS, '0').replace(/0+$/, '')
  return `${value < 0n ? '-' : ''}${magnitude / ONE}${fraction ? `.${fraction}` : ''}`
}

/** `value` times a whole number of units, exact. PRICE_INVALID for a count that is not a safe integer of zero or more. */
export function multiplyByCount(value: Decimal, count: number): Decimal {
  if (!Number.isSafeInteger(count) || count < 0) throw new AppError('PRICE_INVALID', `${count} is not a count of units`)
  return value * BigInt(count)
}

/** The product of two decimals, rounded half to even at the 18th digit. */
export function multiply(a: Decimal, b: Decimal): Decimal {
  const product = a * b
  return product < 0n ? -divideHalfEven(-product, ONE) : divideHalfEven(product, ONE)
}

/** The quotient of two decimals, rounded half to even at the 18th digit. PRICE_INVALID when the divisor is 0. */
export function divide(dividend: Decimal, divisor: Decimal): Decimal {
  if (divisor === 0n) throw new AppError('PRICE_INVALID', `${formatDecimal(dividend)} cannot be divided by 0`)
  const scaled = dividend * ONE
  const magnitude = divideHalfEven(scaled < 0n ? -scaled : scaled, divisor < 0n ? -divisor : divisor)
  return scaled < 0n === divisor < 0n ? magnitude : -magnitude
}

/** The exact sum; 0 of nothing. */
export function add(...values: Decimal[]): Decimal {
  return values.reduce((sum, value) => sum + value, 0n)
}

/** -1, 0 or 1, as `Array.sort` takes it. */
export function compare(a: Decimal, b: Decimal): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0
}

function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor
  const doubled = (dividend % divisor) * 2n
  const isUp = doubled > divisor || (doubled === divisor && quotient % 2n === 1n)
  return isUp ? quotient + 1n : quotient
}

/** How exact a price is kept, so that price × quantity fits 18 digits after the point and sums of them never overflow. */
import { BILLED_UNITS, isBilledUnit, QUANTITY_FRACTION_DIGITS } from '../../../schemas/billed-units.ts'
import { type Decimal, FRACTION_DIGITS, formatDecimal, parseDecimal } from '../decimal.ts'

/**
 * An attempt uses at most 10^9 of anything: a price below this makes a cost below 10^15, and ClickHouse's Decimal(38, 18) ends at 10^20.
 */
export const TOO_DEAR = '1000000'
const LIMIT = parseDecimal(TOO_DEAR)

/** Digits after the point of a price of this kind: 18, and 12 where quantities have up to 6 of their own (seconds, hours). */
export function fractionDigitsOf(kind: string): number {
  return isBilledUnit(kind) && BILLED_UNITS[kind].isFractional ? FRACTION_DIGITS - QUANTITY_FRACTION_DIGITS : FRACTION_DIGITS
}

/** Whether no price may be so high. */
export function isTooDear(price: Decimal): boolean {
  return price >= LIMIT
}

/** The price with no more digits than its kind keeps, rounded half to even. */
export function keptPrice(price: Decimal, kind: string): Decimal {
  const fractionDigits = fractionDigitsOf(kind)
  return fractionDigits === FRACTION_DIGITS ? price : parseDecimal(formatDecimal(price), { fractionDigits })
}

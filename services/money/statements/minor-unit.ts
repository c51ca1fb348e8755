import type { Decimal } from '../decimal.ts'

/** Currencies whose minor unit is not a hundredth (ISO 4217, list one, column "minor unit"). */
const exponents: Readonly<Record<number, readonly string[]>> = {
  0: ['BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'],
  3: ['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'],
  4: ['CLF', 'UYW'],
}
const exponentOf = new Map(Object.entries(exponents).flatMap(([digits, codes]) => codes.map(code => [code, Number(digits)])))

/** Digits after the point that amounts of a currency are billed with; 2 for codes that ISO 4217 does not list otherwise. */
export function minorUnitDigits(currency: string): number {
  return exponentOf.get(currency) ?? 2
}

/** An amount rounded half to even to the minor unit of its currency. */
export function roundToMinorUnit(amount: Decimal, currency: string): Decimal {
  const unit = 10n ** BigInt(18 - minorUnitDigits(currency))
  const magnitude = amount < 0n ? -amount : amount
  const whole = magnitude / unit
  const doubled = (magnitude % unit) * 2n
  const isUp = doubled > unit || (doubled === unit && whole % 2n === 1n)
  const rounded = (isUp ? whole + 1n : whole) * unit
  return amount < 0n ? -rounded : rounded
}

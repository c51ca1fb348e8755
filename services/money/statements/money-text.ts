import { type Decimal, formatDecimal } from '../decimal.ts'
import { minorUnitDigits } from './minor-unit.ts'

/** An amount for people: thousands apart, at least the digits of the currency's minor unit, a true minus sign. */
export function moneyText(amount: Decimal, currency: string): string {
  const [whole = '0', fraction = ''] = formatDecimal(amount < 0n ? -amount : amount).split('.')
  const digits = fraction.padEnd(minorUnitDigits(currency), '0')
  return `${amount < 0n ? '−' : ''}${grouped(whole)}${digits ? `.${digits}` : ''}`
}

/** A quantity for people: thousands apart, at most three digits after the point. */
export function quantityText(quantity: Decimal): string {
  const negative = quantity < 0n
  const magnitude = negative ? -quantity : quantity
  const thousandths = (magnitude + 5n * 10n ** 14n) / 10n ** 15n
  const fraction = (thousandths % 1000n).toString().padStart(3, '0').replace(/0+$/, '')
  return `${negative ? '−' : ''}${grouped(String(thousandths / 1000n))}${fraction ? `.${fraction}` : ''}`
}

/** An amount with as many digits as a reader can use: those of the minor unit and two more. Exact amounts are in JSON and CSV. */
export function preciseText(amount: Decimal, currency: string): string {
  const keep = minorUnitDigits(currency) + 2
  const unit = 10n ** BigInt(18 - keep)
  const negative = amount < 0n
  const magnitude = ((negative ? -amount : amount) + unit / 2n) / unit
  const text = magnitude.toString().padStart(keep + 1, '0')
  return `${negative && magnitude !== 0n ? '−' : ''}${grouped(text.slice(0, -keep))}.${text.slice(-keep)}`
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',')
}

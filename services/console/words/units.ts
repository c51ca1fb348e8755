import { bytesText, countText, durationText, moneyText, NOTHING, shareText } from './numbers.ts'

/** A value of the API as a number; undefined: there is none. Money comes as decimal text, large counts as text too. */
export function numberOf(value: unknown): number | undefined {
  if (value === null || value === undefined || value === '') return undefined
  const number = Number(value)
  return Number.isFinite(number) ? number : undefined
}

/** Writes a value in a unit of Grafana's list. What is no number stays the text it is; nothing is a dash, never zero. */
export function unitText(value: unknown, unit: string | undefined, locale?: string): string {
  const number = numberOf(value)
  if (number === undefined || unit === 'string') return value === null || value === undefined || value === '' ? NOTHING : String(value)
  switch (unit) {
    case 'ms':
      return durationText(number, locale)
    case 's':
      return durationText(number * 1000, locale)
    case 'm':
      return durationText(number * 60_000, locale)
    case 'percentunit':
      return shareText(number, locale)
    case 'percent':
      return shareText(number / 100, locale)
    case 'bytes':
    case 'decbytes':
      return bytesText(number, locale)
    case 'reqps':
      return `${countText(number, locale)} /s`
    case 'ops':
    case 'cps':
      return `${countText(number, locale)} /s`
    default:
      if (unit?.startsWith('currency')) return moneyText(number, unit.slice('currency'.length) || 'USD', locale)
      return countText(number, locale)
  }
}

/** Whether a value of the unit stands to the right in a table. */
export function isNumeric(unit: string | undefined): boolean {
  return unit !== undefined && unit !== 'string' && unit !== 'none' && !unit.startsWith('dateTime')
}

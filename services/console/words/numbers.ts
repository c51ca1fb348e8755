/** Numbers as people read them, in their own locale. Exact figures stand in tips, tables and CSV. */

/** How a number is written. `digits`: significant ones of a short form. */
const cache = new Map<string, Intl.NumberFormat>()
const format = (options: Intl.NumberFormatOptions, locale?: string): Intl.NumberFormat => {
  const key = `${locale ?? ''} ${JSON.stringify(options)}`
  let found = cache.get(key)
  if (found === undefined) {
    found = new Intl.NumberFormat(locale, options)
    cache.set(key, found)
  }
  return found
}

/** What stands where there is no number: it is not zero. */
export const NOTHING = '–'

/** A count in short: 12.4K, 3.28M; whole below ten thousand. */
export function countText(value: number, locale?: string): string {
  if (Math.abs(value) < 10_000)
    return format({ maximumFractionDigits: Number.isInteger(value) ? 0 : smallDigits(value) }, locale).format(value)
  return format({ notation: 'compact', maximumSignificantDigits: 3 }, locale).format(value)
}

/** An amount of money: two decimals from a tenth on, two significant digits below; what is not zero is never written as zero. */
export function moneyText(value: number, currency: string, locale?: string): string {
  const size = Math.abs(value)
  const digits = size >= 0.1 || size === 0 ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : { maximumSignificantDigits: 2 }
  const notation = size >= 1_000_000 ? { notation: 'compact' as const, maximumSignificantDigits: 4 } : digits
  return format({ style: 'currency', currency, currencyDisplay: 'narrowSymbol', ...notation }, locale).format(value)
}

/** A share of one as percent: one decimal below ten, none above. */
export function shareText(value: number, locale?: string): string {
  const percent = Math.abs(value * 100)
  const digits = percent !== 0 && percent < 0.1 ? 2 : percent < 10 || (percent > 99 && percent < 100) ? 1 : 0
  return format({ style: 'percent', maximumFractionDigits: digits }, locale).format(value)
}

/** A duration: 840 ms, 3.2 s, 4 m 10 s, 2 h 5 m, 3 d 4 h. */
export function durationText(valueMs: number, locale?: string): string {
  const sizeMs = Math.abs(valueMs)
  const number = (value: number, digits = 0) => format({ maximumFractionDigits: digits }, locale).format(value)
  if (sizeMs === 0) return '0 s'
  if (sizeMs < 999.5) return `${number(valueMs, sizeMs < 10 && !Number.isInteger(valueMs) ? 1 : 0)} ms`
  if (sizeMs < 59_950) return `${number(valueMs / 1000, sizeMs < 9_950 ? 1 : 0)} s`
  const parts: readonly [string, number][] = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ]
  const first = parts.findIndex(([, ms]) => sizeMs >= ms - 500)
  const [large, next] = [parts[first], parts[first + 1]]
  if (large === undefined || next === undefined) return `${number(valueMs / 1000)} s`
  const rounded = Math.round(sizeMs / next[1]) * next[1]
  const rest = Math.round((rounded % large[1]) / next[1])
  const whole = `${valueMs < 0 ? '−' : ''}${number(Math.floor(rounded / large[1]))} ${large[0]}`
  return rest === 0 ? whole : `${whole} ${rest} ${next[0]}`
}

/** Bytes in short. */
export function bytesText(value: number, locale?: string): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const at = value === 0 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(Math.abs(value)) / 3))
  return `${format({ maximumSignificantDigits: 3 }, locale).format(value / 1000 ** at)} ${units[at]}`
}

function smallDigits(value: number): number {
  const size = Math.abs(value)
  return size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 4
}

import type { Notification } from '../notification.ts'

type Trend = Notification['trend']

/** Signs of the Unicode block "Block Elements", U+2581 to U+2588. */
const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']
const NOTHING = '·'

/** A number as a person reads it: three significant digits, thousands parted. */
export function figure(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 3, notation: Math.abs(value) >= 1e6 ? 'compact' : 'standard' })
}

/** Heights 0 to 1 of at most `most` columns, oldest first; null: nothing is known. Neighbours that share a column show the larger. */
export function columnsOf(trend: Trend, most: number): readonly (number | null)[] {
  const values = thinned(trend, most)
  const known = values.filter(value => value !== null)
  const low = Math.min(0, ...known)
  const high = Math.max(...known, low)
  // Halves, since the difference of the largest numbers is none.
  return values.map(value => (value === null ? null : high === low ? 0 : (value / 2 - low / 2) / (high / 2 - low / 2)))
}

/** A chart of one line: `▁▂▂▅█ 0.02 → 0.41, at most 0.41`; empty where fewer than two readings are known. */
export function sparkline(trend: Trend, most = 30): string {
  const known = trend.flatMap(({ value }) => (value === null || !Number.isFinite(value) ? [] : [value]))
  const [first] = known
  const last = known.at(-1)
  if (first === undefined || last === undefined || known.length < 2) return ''
  const signs = columnsOf(trend, most).map(height => (height === null ? NOTHING : BLOCKS[Math.round(height * (BLOCKS.length - 1))]))
  return `${signs.join('')} ${figure(first)} → ${figure(last)}, at most ${figure(Math.max(...known))}`
}

function thinned(trend: Trend, most: number): (number | null)[] {
  const width = Math.max(1, Math.ceil(trend.length / most))
  return Array.from({ length: Math.ceil(trend.length / width) }, (_, column) => {
    const part = trend
      .slice(column * width, (column + 1) * width)
      .flatMap(({ value }) => (value !== null && Number.isFinite(value) ? [value] : []))
    return part.length === 0 ? null : Math.max(...part)
  })
}

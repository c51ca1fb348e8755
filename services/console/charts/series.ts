import { numberOf } from '../words/units.ts'
import { isOther, MOST_SERIES } from './colours.ts'

/** Rows of a panel as lines over time: `times` in s, and for each name a value at each time, null where there is none. */
export interface TimeSeries {
  readonly times: readonly number[]
  readonly names: readonly string[]
  readonly values: readonly (readonly (number | null)[])[]
}

type Row = Readonly<Record<string, unknown>>

/** A time of the API in s: ISO 8601, or a number of s or ms. */
export function secondsOf(value: unknown): number {
  if (typeof value === 'number') return value > 1e11 ? value / 1000 : value
  const text = String(value)
  return /^\d+(?:\.\d+)?$/.test(text)
    ? secondsOf(Number(text))
    : Date.parse(/[Zz]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text.replace(' ', 'T')}Z`) / 1000
}

/**
 * Reads lines from rows: by the column of their names, or one for each column of values. With `isAdded` names beyond the most that a chart
 * shows are summed as "other (n)"; without, the least are left out, since quantiles and ratios do not add up. `stepS`: steps without a row
 * are gaps.
 */
export function timeSeriesOf(
  rows: readonly Row[],
  columns: { time: string; series: string | undefined; values: readonly { name: string; title: string }[] },
  { isAdded, stepS }: { isAdded: boolean; stepS?: number | undefined },
): TimeSeries {
  const times = withGaps([...new Set(rows.map(row => secondsOf(row[columns.time])))].filter(Number.isFinite), stepS)
  const at = new Map(times.map((time, index) => [time, index]))
  const found = new Map<string, (number | null)[]>()
  const put = (name: string, row: Row, value: unknown) => {
    const line = found.get(name) ?? times.map(() => null)
    found.set(name, line)
    const index = at.get(secondsOf(row[columns.time]))
    const number = numberOf(value)
    if (index !== undefined && number !== undefined) line[index] = isAdded ? (line[index] ?? 0) + number : number
  }
  for (const row of rows) {
    for (const { name, title } of columns.values) {
      const series = columns.series === undefined ? undefined : String(row[columns.series] ?? '')
      put(series === undefined ? title : columns.values.length === 1 ? series || 'none' : `${series} ${title}`.trim(), row, row[name])
    }
  }
  return gathered(times, found, isAdded)
}

const MOST_TIMES = 2_000

function withGaps(found: readonly number[], stepS: number | undefined): number[] {
  const times = found.toSorted((one, other) => one - other)
  const [first, last] = [times[0], times.at(-1)]
  if (stepS === undefined || first === undefined || last === undefined || (last - first) / stepS > MOST_TIMES) return times
  const all = new Set(times)
  for (let at = first; at < last; at += stepS) all.add(at)
  return [...all].sort((one, other) => one - other)
}

/** A step of the API in s: a number, or an ISO 8601 duration of one unit. */
export function stepSeconds(step: number | string | null): number | undefined {
  if (typeof step === 'number') return step
  const [, days, amount, unit] = /^P(?:(\d+)D|T(\d+)([HMS]))$/.exec(step ?? '') ?? []
  if (days !== undefined) return Number(days) * 86_400
  return amount === undefined ? undefined : Number(amount) * ({ H: 3600, M: 60, S: 1 }[unit ?? ''] ?? 1)
}

function gathered(times: readonly number[], found: ReadonlyMap<string, (number | null)[]>, isAdded: boolean): TimeSeries {
  const sizeOf = (line: readonly (number | null)[]) => line.reduce<number>((sum, value) => sum + Math.abs(value ?? 0), 0)
  const sorted = [...found].sort(([one, a], [other, b]) => Number(isOther(one)) - Number(isOther(other)) || sizeOf(b) - sizeOf(a))
  const shown = sorted.length > MOST_SERIES ? sorted.slice(0, MOST_SERIES - 1) : sorted
  const rest = sorted.slice(shown.length)
  if (rest.length > 0 && isAdded) {
    const sums = times.map((_, index) => {
      const values = rest.flatMap(([, line]) => line[index] ?? [])
      return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0)
    })
    shown.push([`other (${rest.length})`, sums])
  }
  return { times, names: shown.map(([name]) => name), values: shown.map(([, line]) => line) }
}

/** Values as heights of a stack, the first name lowest: each with those below it. */
export function stacked(values: TimeSeries['values']): (number | null)[][] {
  const sums: (number | null)[][] = []
  for (const line of values) {
    const below = sums.at(-1)
    sums.push(line.map((value, index) => (value === null && below?.[index] == null ? null : (value ?? 0) + (below?.[index] ?? 0))))
  }
  return sums
}

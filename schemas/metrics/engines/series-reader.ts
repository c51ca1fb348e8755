import type { Series } from './exposition-series.ts'
import type { SeriesTable, SignalRule } from './series-table.ts'

/** Signals of the series that have one identity (a model, a GPU …). */
export interface Group<Signal extends string> {
  identity: Readonly<Record<string, string>>
  /** The series read, in order of appearance. */
  series: readonly Series[]
  /** The number of a signal; null: none, or none that is finite. */
  numberOf(signal: Signal): number | null
  /** The numbers of a signal that has one per label value; upper bounds of buckets in their shortest form. */
  numbersOf(signal: Signal): Record<string, number>
  /** Whether it has any number at all. */
  hasNumber: boolean
}

/** Reads the series of one table. */
export interface SeriesReader<Signal extends string, Table extends SeriesTable<Signal>> {
  table: Table
  /** What the table makes of a series of that name; `unknown`: it has a prefix of the table and is not in it. */
  roleOf(name: string): 'signal' | 'known' | 'unknown' | 'foreign'
  /** The groups in order of appearance. Series that the table does not read take no part. */
  read(series: readonly Series[], identify: (one: Series) => Readonly<Record<string, string>>): Group<Signal>[]
}

/** How a rule stands to one of its names: the lower the rank, the better the name. */
interface Use<Signal extends string> {
  rule: SignalRule<Signal>
  rank: number
}

/** What a signal came to. */
interface SignalValue {
  rank: number
  /** By label value; a rule without `byLabel` has one, under ''. */
  numbers: Map<string, number | null>
}

type SignalValues<Signal extends string> = Map<SignalRule<Signal>, SignalValue>

interface Gathered<Signal extends string> {
  identity: Readonly<Record<string, string>>
  series: Series[]
  values: SignalValues<Signal>
}

/** What a histogram's parts and a counter's extra series carry behind the family's name. */
const SUFFIXES = ['_bucket', '_sum', '_count', '_created', '_total', '_info'] as const

/** Builds what reads a table's series. */
export function buildSeriesReader<Signal extends string, Table extends SeriesTable<Signal>>(table: Table): SeriesReader<Signal, Table> {
  const uses = usesByName(table)
  const known = new Set(table.known.filter(name => !name.endsWith('*')))
  const knownStarts = table.known.filter(name => name.endsWith('*')).map(name => name.slice(0, -1))
  const isKnown = (name: string) => {
    const suffix = SUFFIXES.find(end => name.endsWith(end)) ?? ''
    const base = name.slice(0, name.length - suffix.length)
    if (known.has(name) || known.has(base) || uses.has(base) || uses.has(`${base}_total`)) return true
    // A part of a histogram of which another part is read; a counter of that name would be a different thing.
    return suffix !== '_total' && uses.has(`${base}_sum`)
  }
  const roleOf = (fullName: string) => {
    const name = nameWithin(table, fullName)
    if (name === undefined) return 'foreign'
    if (uses.has(name)) return 'signal'
    if (isKnown(name) || knownStarts.some(start => name.startsWith(start))) return 'known'
    // A table without a prefix claims no more than the names in it.
    return name === fullName ? 'foreign' : 'unknown'
  }
  return {
    table,
    roleOf,
    read(series, identify) {
      const groups = new Map<string, Gathered<Signal>>()
      const read = series.filter(one => roleOf(one.name) === 'signal')
      for (const one of withoutCopies(withoutParts(read, table.totalLabels ?? []), table.copyLabels ?? [])) {
        const identity = identify(one)
        const key = JSON.stringify(identity)
        const group = groups.get(key) ?? gathered<Signal>(identity)
        groups.set(key, group)
        group.series.push(one)
        for (const use of uses.get(nameWithin(table, one.name) as string) ?? []) addValue(group.values, use, one, table)
      }
      return [...groups.values()].map(({ identity, series, values }) => ({ identity, series, ...numbers(table, values) }))
    },
  }
}

function gathered<Signal extends string>(identity: Readonly<Record<string, string>>): Gathered<Signal> {
  return { identity, series: [], values: new Map() }
}

/** The series' value of the first label that it has, not empty; else ''. */
export function labelOf(series: Series, labels: readonly string[]): string {
  for (const label of labels) {
    const value = series.labels.get(label)
    if (value !== undefined && value !== '') return value
  }
  return ''
}

function numbers<Signal extends string>(table: SeriesTable<Signal>, values: SignalValues<Signal>) {
  const ofSignal = (signal: Signal) => table.signals.filter(rule => rule.to === signal).map(rule => values.get(rule)?.numbers)
  return {
    numberOf: (signal: Signal) =>
      ofSignal(signal)
        .find(found => (found?.get('') ?? null) !== null)
        ?.get('') ?? null,
    numbersOf(signal: Signal) {
      const found = ofSignal(signal).find(one => one !== undefined) ?? new Map<string, number | null>()
      return Object.fromEntries([...found].filter((entry): entry is [string, number] => entry[1] !== null))
    },
    hasNumber: [...values.values()].some(({ numbers }) => [...numbers.values()].some(number => number !== null)),
  }
}

function addValue<Signal extends string>(values: SignalValues<Signal>, use: Use<Signal>, series: Series, table: SeriesTable<Signal>): void {
  const { rule, rank } = use
  const part = rule.byLabel === undefined ? '' : partOf(series, rule.byLabel)
  const isCounted = countsFor(rule, series)
  if (part === undefined || isCounted === undefined || !(isCounted || rule.isElseZero)) return
  // NaN and infinity are "no value", which is not zero.
  const isFound = Number.isFinite(series.value) && !table.isBlank?.(series.value)
  const value = isCounted ? (isFound ? finite(series.value / (rule.perUnit ?? 1)) : null) : 0
  let held = values.get(rule)
  if (held === undefined || rank < held.rank) {
    held = { rank, numbers: new Map() }
    values.set(rule, held)
  }
  if (rank !== held.rank) return
  const before = held.numbers.get(part)
  held.numbers.set(part, before === undefined ? value : combined(before, value, rule.combine))
}

/** Whether the series counts for the rule; undefined: it does not have the label that would tell. */
function countsFor<Signal extends string>(rule: SignalRule<Signal>, series: Series): boolean | undefined {
  if (rule.where === undefined) return true
  const { label, values } = rule.where
  const value = series.labels.get(label)
  if (values === 'any') return value !== undefined && value !== ''
  return value === undefined ? undefined : values.includes(value)
}

/** `0.50` and `0.5` are one bucket, as `1` and `1.0` are: exporters and their versions differ in how they write a bound. */
function partOf(series: Series, label: string): string | undefined {
  const value = series.labels.get(label)
  if (label !== 'le' || value === undefined) return value
  if (/^\+?inf$/i.test(value)) return '+Inf'
  const bound = value.trim() === '' ? Number.NaN : Number(value)
  return Number.isFinite(bound) ? String(bound) : undefined
}

/** A sum of which a part has no value has none: without the part it would look like a counter that was reset. */
function combined(a: number | null, b: number | null, how: 'sum' | 'max'): number | null {
  if (how === 'sum') return a === null || b === null ? null : finite(a + b)
  return a === null || b === null ? (a ?? b) : Math.max(a, b)
}

/** The number, or null where it is none: no sample holds an infinity, which ClickHouse's JSON could not carry. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

function withoutParts(series: readonly Series[], labels: readonly string[]): readonly Series[] {
  let left = series
  for (const label of labels) {
    const totals = new Set(left.filter(one => labelOf(one, [label]) === '').map(one => keyWithout(one, [label])))
    left = left.filter(one => labelOf(one, [label]) === '' || !totals.has(keyWithout(one, [label])))
  }
  return left
}

function withoutCopies(series: readonly Series[], labels: readonly string[]): readonly Series[] {
  if (labels.length === 0) return series
  const largest = new Map<string, Series>()
  for (const one of series) {
    const key = keyWithout(one, labels)
    const held = largest.get(key)
    const isLarger = held !== undefined && Number.isFinite(one.value) && one.value > held.value
    if (held === undefined || !Number.isFinite(held.value) || isLarger) largest.set(key, one)
  }
  return [...largest.values()]
}

function keyWithout(series: Series, labels: readonly string[]): string {
  return JSON.stringify([series.name, [...series.labels].filter(([label]) => !labels.includes(label)).sort()])
}

function usesByName<Signal extends string>(table: SeriesTable<Signal>): ReadonlyMap<string, readonly Use<Signal>[]> {
  const byName = new Map<string, Use<Signal>[]>()
  for (const rule of table.signals) {
    for (const [rank, names] of rule.from.entries()) {
      for (const name of [names].flat()) byName.set(name, [...(byName.get(name) ?? []), { rule, rank }])
    }
  }
  return byName
}

function nameWithin(table: Pick<SeriesTable<string>, 'prefixes'>, name: string): string | undefined {
  const prefix = table.prefixes.find(start => name.startsWith(start))
  return prefix === undefined ? undefined : name.slice(prefix.length)
}

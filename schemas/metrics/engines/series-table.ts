/** Where a signal comes from. Build the usual ones with `sum` and `largest`. */
export interface SignalRule<Signal extends string> {
  to: Signal
  /**
   * Series names without the table's prefix, best first: newer names before the ones they replaced. Only the first that is there is read.
   * A list in place of a name: its series add up.
   */
  from: readonly (string | readonly string[])[]
  /** How several series become one signal: those of parts add up, ratios do not. */
  combine: 'sum' | 'max'
  /** Counts only series with one of these values of a label; `any`: with a value that is not empty. */
  where?: { label: string; values: readonly string[] | 'any' }
  /** What `where` leaves out counts as zero instead of nothing: for counters whose other values show that this one was never met. */
  isElseZero?: true
  /** One number per value of this label instead of one for all. */
  byLabel?: string
  /** Units of the series in one of the signal: 1e6 for microseconds to seconds. Default 1. */
  perUnit?: number
}

/** Series of one product as a table. */
export interface SeriesTable<Signal extends string> {
  /** Name as it stands in the product's column. */
  name: string
  /** What exposes it, and where its series are described. */
  doc: string
  /** Starts of its series names; a series belongs to the table when it has one of them. */
  prefixes: readonly string[]
  signals: readonly SignalRule<Signal>[]
  /** Series that it has and Weir does not read (for histograms the base name), `…*` for all that begin so: not counted as unknown. */
  known: readonly string[]
  /** Labels whose empty value is the total of the other values: where it is there, the others are its parts and are not read. */
  totalLabels?: readonly string[]
  /** Labels whose values repeat one value (ranks of a group that moves in step): the largest stands for all. */
  copyLabels?: readonly string[]
  /** Whether a number stands for "no value". NaN and infinity always do. */
  isBlank?: (value: number) => boolean
}

type Names = readonly (string | readonly string[])[]

/** A rule that adds series up. */
export function sum<Signal extends string>(to: Signal, ...from: Names): SignalRule<Signal> {
  return { to, from, combine: 'sum' }
}

/** A rule that takes the largest of several series. */
export function largest<Signal extends string>(to: Signal, ...from: Names): SignalRule<Signal> {
  return { to, from, combine: 'max' }
}

/** A counter under its name in the text format and under the one without `_total` that some exporters write. */
export function counter<Signal extends string>(to: Signal, ...from: readonly string[]): SignalRule<Signal> {
  return sum(to, ...from.flatMap(name => [`${name}_total`, name]))
}

import type { EngineSampleContent } from '../engine-sample.ts'

/** The columns of an engine sample that hold readings. */
export type Signal = {
  [Column in keyof EngineSampleContent]: null extends EngineSampleContent[Column] ? Column : never
}[keyof EngineSampleContent]

/** Where a signal comes from. */
export interface SignalRule {
  to: Signal
  /** Series names without the engine's prefix, best first: newer names before the ones they replaced. Only the first that is there is read. */
  from: readonly string[]
  /** How several series of one engine become one reading: those of parts add up, ratios do not. */
  combine: 'sum' | 'max'
  /** Counts only series with one of these values of a label; a series without the label says nothing. */
  where?: { label: string; values: readonly string[] }
}

/** A model server's exposition as a table. */
export interface Engine {
  /** Name as it stands in the `engine` column. */
  name: string
  /** What exposes it, and where its series are described. */
  doc: string
  /** Starts of its series names; a series belongs to the engine when it has one of them. */
  prefixes: readonly string[]
  /** Labels that hold the model's name, best first. */
  modelLabels: readonly string[]
  /** Labels that tell engines behind one endpoint apart, best first. */
  indexLabels: readonly string[]
  signals: readonly SignalRule[]
  /** Series that it has and Weir does not read (for histograms the base name): not counted as unknown. */
  known: readonly string[]
}

/** Senders that stopped: minutes of which nothing came from one that sent without a pause before. */
import { median } from 'simple-statistics'
import { MINUTE } from '../../platform/clock.ts'

/** Attempts of a sender in a minute; minutes without are left out. */
export interface SourceMinute {
  readonly source: string
  readonly at_ms: number
  readonly attempts: number
}

/** Minutes without a line of a sender. */
export interface Silence {
  readonly source: string
  /** Start of its first minute, and the end of its last. */
  readonly fromMs: number
  readonly toMs: number
  /** Attempts a minute as usual: the median of its minutes with some. */
  readonly usual: number
}

/** A sender has so many minutes with lines before anything is said of it, and had them in nine of ten minutes. Ours. */
const LEAST_MINUTES = 5
const STEADY = 0.9
/** Minutes without are told from two on, where so many attempts would have come: by chance e⁻²⁰ of the time. */
const LEAST_SILENT_MINUTES = 2
const LEAST_MISSED = 20

/** → Every silence that ends after `fromMs`, in the order of senders. `toMs`: end of what is settled. A pure function. */
export function findSilences(minutes: readonly SourceMinute[], { fromMs, toMs }: { fromMs: number; toMs: number }): Silence[] {
  return [...Map.groupBy(minutes, row => row.source)].flatMap(([source, rows]) =>
    silencesOf(source, rows, toMs).filter(one => one.toMs > fromMs),
  )
}

function silencesOf(source: string, rows: readonly SourceMinute[], toMs: number): Silence[] {
  const sent = rows.filter(row => row.attempts > 0).toSorted((a, b) => a.at_ms - b.at_ms)
  const [first] = sent
  if (first === undefined || sent.length < LEAST_MINUTES) return []
  const usual = median(sent.map(row => row.attempts))
  const ends = [...sent.slice(1).map(row => row.at_ms), toMs]
  const gaps = sent.map((row, index) => ({ source, fromMs: row.at_ms + MINUTE, toMs: ends[index] ?? toMs, usual }))
  const silences = gaps.filter(gap => lengthOf(gap) >= LEAST_SILENT_MINUTES && lengthOf(gap) * usual >= LEAST_MISSED)
  const heard = Math.round((toMs - first.at_ms) / MINUTE) - silences.reduce((sum, one) => sum + lengthOf(one), 0)
  // Who pauses anyway is not silent when it pauses. A pause of many minutes is one of them all the same.
  return sent.length >= STEADY * heard && silences.length <= MOST_SILENCES ? silences : []
}

/** More pauses than this are how it sends. */
const MOST_SILENCES = 3
const lengthOf = ({ fromMs, toMs }: Pick<Silence, 'fromMs' | 'toMs'>) => (toMs - fromMs) / MINUTE

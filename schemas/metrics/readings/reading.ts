/**
 * One value of one series at one time, from a sender that sends values and not whole expositions: remote
 * write, OTLP metrics, Kafka bridges.
 */
export interface Reading {
  /** Prometheus' spelling of the series' name. */
  name: string
  labels: ReadonlyMap<string, string>
  /** May be infinite; NaN and stale markers are gaps and come as no reading at all. */
  value: number
  /** ms since 1970 UTC. */
  atMs: number
}

/** Readings of one target at one time, as an exposition. */
export interface ReadingGroup {
  pool: string
  endpoint: string
  region: string
  /** Hint of the engine; empty: none. */
  engine: string
  atMs: number
  /** Prometheus text, a line per series. */
  text: string
  readings: number
}

/** What readings came to. A conflict is a series that has two values for one time: the first is kept. */
export interface GroupedReadings {
  groups: readonly ReadingGroup[]
  conflicts: number
}

/** The pool of readings that carry none of the labels that name one. */
export const DEFAULT_POOL = 'default'

interface Collected extends Omit<ReadingGroup, 'text' | 'readings'> {
  values: Map<string, number>
}

/**
 * Groups readings by target and time. The pool is the label `pool`, else `model_name`, else `job`; the endpoint is `instance`; `region` and
 * `inference_engine` say what their names say. Each series is placed by its own labels alone, so that it does not matter how a sender
 * spreads a target's series over its requests.
 */
export function groupReadings(readings: Iterable<Reading>): GroupedReadings {
  const groups = new Map<string, Collected>()
  let conflicts = 0
  for (const { name, labels, value, atMs } of readings) {
    const pool = labels.get('pool') || labels.get('model_name') || labels.get('job') || DEFAULT_POOL
    const target = {
      pool,
      endpoint: labels.get('instance') ?? '',
      region: labels.get('region') ?? '',
      engine: labels.get('inference_engine') ?? '',
      atMs,
    }
    const key = JSON.stringify(Object.values(target))
    const group = groups.get(key) ?? { ...target, values: new Map<string, number>() }
    groups.set(key, group)
    const series = seriesText(name, labels)
    const held = group.values.get(series)
    if (held === undefined) group.values.set(series, value)
    else if (held !== value) conflicts += 1
  }
  return { groups: [...groups.values()].map(finished), conflicts }
}

function finished({ values, ...target }: Collected): ReadingGroup {
  const lines = [...values].map(([series, value]) => `${series} ${numberText(value)} ${target.atMs}\n`)
  return { ...target, text: lines.join(''), readings: lines.length }
}

function seriesText(name: string, labels: ReadonlyMap<string, string>): string {
  const pairs = [...labels].sort(([a], [b]) => (a < b ? -1 : 1)).map(([label, value]) => `${label}="${escaped(value)}"`)
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`
}

function escaped(value: string): string {
  return /["\\\n]/.test(value) ? value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n') : value
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value)
  return value > 0 ? '+Inf' : '-Inf'
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/

/** Whether the text format can write the name of a series. */
export function isSeriesName(name: string): boolean {
  return NAME.test(name)
}

/** Whether the text format can write the name of a label. */
export function isLabelName(name: string): boolean {
  return LABEL_NAME.test(name)
}

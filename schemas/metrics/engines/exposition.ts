/**
 * Reads metrics expositions: Prometheus text format 0.0.4 and OpenMetrics 1.0 (prometheus/docs `exposition_formats.md`,
 * prometheus/OpenMetrics `specification/OpenMetrics.md`). Strict about syntax, line by line: a line that breaks it is
 * reported and its neighbours are kept.
 */
import { readSeries, type Series } from './exposition-series.ts'

/** A line that is not of the format. */
export interface ExpositionError {
  /** Line of the exposition, from 1. */
  lineNo: number
  line: string
  message: string
}

/** What an exposition holds: its series in order, each once. */
export interface Exposition {
  series: Series[]
  errors: ExpositionError[]
}

const TYPES: ReadonlySet<string> = new Set([
  'counter',
  'gauge',
  'histogram',
  'summary',
  'untyped',
  'unknown',
  'info',
  'stateset',
  'gaugehistogram',
])
const TYPE_LINE = /^#[ \t]+TYPE[ \t]+[a-zA-Z_:][a-zA-Z0-9_:]*[ \t]+(\S+)[ \t]*$/
const TYPE_START = /^#[ \t]+TYPE\b/
const END = /^#[ \t]+EOF$/

/** Reads an exposition; never throws. A series that stands there twice is reported and its first value kept. */
export function parseExposition(text: string): Exposition {
  const series: Series[] = []
  const errors: ExpositionError[] = []
  const seen = new Set<string>()
  let isEnded = false
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
    if (line.trim() === '') continue
    const report = (message: string) => errors.push({ lineNo: index + 1, line, message: `Line ${index + 1}: ${message}` })
    if (isEnded) report('stands after # EOF.')
    else if (line.startsWith('#')) {
      if (END.test(line)) isEnded = true
      const fault = typeFault(line)
      if (fault !== undefined) report(fault)
    } else {
      const read = readSeries(line)
      if (typeof read === 'string') report(read)
      else if (seen.has(read.key)) report('is a series that stood above already; its first value is kept.')
      else {
        seen.add(read.key)
        series.push(read)
      }
    }
  }
  return { series, errors }
}

function typeFault(line: string): string | undefined {
  if (!TYPE_START.test(line)) return undefined
  const type = TYPE_LINE.exec(line)?.[1]
  if (type === undefined) return 'a TYPE line needs a metric name and a type.'
  return TYPES.has(type) ? undefined : `${JSON.stringify(type)} is no metric type.`
}

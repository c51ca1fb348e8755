import type { Reading } from './reading.ts'
import { isLabelName, isSeriesName } from './reading.ts'

/**
 * Reads a message of Telefonica's prometheus-kafka-adapter: `{"timestamp": RFC 3339, "value": "1.5", "name": …, "labels": {"__name__":
 * …}}`, one sample each. Undefined: the object is no such message. Null: it is one and says nothing (NaN, which stale markers become too).
 * A text: it is one and this is wrong with it.
 */
export function adapterReading(value: unknown): Reading | null | string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { timestamp, value: given, name, labels } = value as Record<string, unknown>
  if (typeof labels !== 'object' || labels === null || typeof name !== 'string' || given === undefined || timestamp === undefined)
    return undefined
  if (!isSeriesName(name)) return `name is ${JSON.stringify(name.slice(0, 100))}, expected the name of a metric`
  const atMs = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN
  if (Number.isNaN(atMs)) return `timestamp is ${JSON.stringify(timestamp)?.slice(0, 100)}, expected a time as RFC 3339 writes it`
  const number = numberOf(given)
  if (number === undefined) return `value is ${JSON.stringify(given)?.slice(0, 100)}, expected a number`
  if (Number.isNaN(number)) return null
  const kept = Object.entries(labels).filter(([label, text]) => label !== '__name__' && isLabelName(label) && typeof text === 'string')
  return { name, labels: new Map(kept as [string, string][]), value: number, atMs }
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const SPECIAL: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['+Inf', Number.POSITIVE_INFINITY],
  ['Inf', Number.POSITIVE_INFINITY],
  ['-Inf', Number.NEGATIVE_INFINITY],
])

function numberOf(given: unknown): number | undefined {
  if (typeof given === 'number') return given
  if (typeof given !== 'string') return undefined
  return DECIMAL.test(given) ? Number(given) : SPECIAL.get(given)
}

/**
 * Prometheus' names of OTLP metrics and attributes, as the OpenTelemetry specification tells ("Prometheus and OpenMetrics Compatibility",
 * Metric Metadata): what the tables of engines name is what Prometheus would have scraped.
 */

const UNITS: Readonly<Record<string, string>> = {
  d: 'days',
  h: 'hours',
  min: 'minutes',
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
  By: 'bytes',
  KiBy: 'kibibytes',
  MiBy: 'mebibytes',
  GiBy: 'gibibytes',
  KBy: 'kilobytes',
  MBy: 'megabytes',
  GBy: 'gigabytes',
  W: 'watts',
  J: 'joules',
  Hz: 'hertz',
  Cel: 'celsius',
  '%': 'percent',
}

/** What the name's ending depends on. */
export interface MetricFacts {
  unit: string
  isMonotonicSum: boolean
  isGauge: boolean
}

/** The name with characters that Prometheus does not know replaced, and with the unit, `_ratio` and `_total` that are not there yet. */
export function prometheusName(name: string, { unit, isMonotonicSum, isGauge }: MetricFacts): string {
  const plain = name.replace(/[^a-zA-Z0-9_:]+/g, '_')
  const base = plain.endsWith('_total') && isMonotonicSum ? plain.slice(0, -'_total'.length) : plain
  const suffix = unit === '1' ? (isGauge ? 'ratio' : undefined) : UNITS[unit]
  const named = suffix === undefined || base.endsWith(`_${suffix}`) ? base : `${base}_${suffix}`
  return startSafe(isMonotonicSum ? `${named}_total` : named)
}

/** The label of an attribute. */
export function prometheusLabel(attribute: string): string {
  return startSafe(attribute.replace(/[^a-zA-Z0-9_]+/g, '_'))
}

function startSafe(name: string): string {
  return /^[0-9]/.test(name) || name === '' ? `_${name}` : name
}

import type { Reading } from '../metrics/readings/reading.ts'
import type { PlainMessage } from '../protobuf/read-binary.ts'
import { DELTA } from './messages.ts'
import { prometheusLabel, prometheusName } from './metric-name.ts'
import { recordsOf } from './records.ts'
import { signals } from './signals.ts'

/** The readings of an export request, and how many of its data points have delta temporality, which cannot be read. */
export interface MetricReadings {
  readings: Reading[]
  deltaPoints: number
  /** Points without a value: the sender says that there is none, or it is NaN. */
  gaps: number
}

const NO_RECORDED_VALUE = 1
const NANOS_PER_MS = 1_000_000n

/**
 * Reads OTLP metrics as the series that Prometheus would have scraped: histograms as `_bucket`, `_sum` and
 * `_count`, summaries with `quantile`.
 */
export function metricReadings(request: PlainMessage): MetricReadings {
  const found: MetricReadings = { readings: [], deltaPoints: 0, gaps: 0 }
  const shared = new Map<PlainMessage, ReadonlyMap<string, string>>()
  for (const { resourceGroup, record: metric } of recordsOf(request, signals.metrics)) {
    const resourceLabels = shared.get(resourceGroup) ?? labelsOfResource(resourceGroup['resource'] as PlainMessage | undefined)
    shared.set(resourceGroup, resourceLabels)
    readMetric(metric, resourceLabels, found)
  }
  return found
}

function readMetric(metric: PlainMessage, resourceLabels: ReadonlyMap<string, string>, found: MetricReadings): void {
  const kind = (['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'] as const).find(name => metric[name] !== undefined)
  if (kind === undefined) return
  const data = metric[kind] as PlainMessage
  const points = (data['dataPoints'] as readonly PlainMessage[] | undefined) ?? []
  if (data['aggregationTemporality'] === DELTA) {
    found.deltaPoints += points.length
    return
  }
  const name = prometheusName(textOf(metric['name']), {
    unit: textOf(metric['unit']),
    isMonotonicSum: kind === 'sum' && data['isMonotonic'] === true,
    isGauge: kind === 'gauge',
  })
  for (const point of points) {
    if ((Number(point['flags'] ?? 0) & NO_RECORDED_VALUE) !== 0) {
      found.gaps += 1
      continue
    }
    const labels = new Map(resourceLabels)
    addAttributes(labels, point['attributes'])
    const atMs = Number(BigInt(textOf(point['timeUnixNano']) || '0') / NANOS_PER_MS)
    for (const [suffix, value, extra] of valuesOf(kind, point)) {
      if (Number.isNaN(value)) found.gaps += 1
      else found.readings.push({ name: name + suffix, labels: extra === undefined ? labels : new Map([...labels, extra]), value, atMs })
    }
  }
}

type Value = readonly [suffix: string, value: number, extraLabel?: readonly [string, string]]

function* valuesOf(kind: string, point: PlainMessage): Generator<Value> {
  if (kind === 'gauge' || kind === 'sum') {
    yield ['', Number(point['asDouble'] ?? point['asInt'] ?? Number.NaN)]
    return
  }
  yield ['_count', Number(point['count'] ?? 0)]
  if (point['sum'] !== undefined) yield ['_sum', Number(point['sum'])]
  if (kind === 'histogram') yield* bucketsOf(point)
  for (const { quantile, value } of (point['quantileValues'] as readonly PlainMessage[] | undefined) ?? [])
    yield ['', Number(value ?? 0), ['quantile', String(quantile ?? 0)]]
}

/** Prometheus' buckets count all observations up to their bound; OTLP's count those between two bounds. */
function* bucketsOf(point: PlainMessage): Generator<Value> {
  const counts = (point['bucketCounts'] as readonly string[] | undefined) ?? []
  const bounds = (point['explicitBounds'] as readonly (number | string)[] | undefined) ?? []
  let upToBound = 0
  for (const [index, count] of counts.entries()) {
    upToBound += Number(count)
    const bound = index < bounds.length ? String(bounds[index]) : '+Inf'
    yield ['_bucket', upToBound, ['le', bound]]
  }
}

/** `job` and `instance` as Prometheus' exporters make them; of the other attributes those that place a target. */
function labelsOfResource(resource: PlainMessage | undefined): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>()
  addAttributes(attributes, resource?.['attributes'])
  const labels = new Map<string, string>()
  const namespace = attributes.get('service_namespace')
  const service = attributes.get('service_name')
  if (service !== undefined) labels.set('job', namespace === undefined ? service : `${namespace}/${service}`)
  const [host, port] = [attributes.get('server_address'), attributes.get('server_port')]
  const instance = attributes.get('service_instance_id') ?? (host === undefined || port === undefined ? host : `${host}:${port}`)
  if (instance !== undefined) labels.set('instance', instance)
  for (const name of ['pool', 'model_name', 'inference_engine']) {
    const value = attributes.get(name)
    if (value !== undefined) labels.set(name, value)
  }
  const region = attributes.get('region') ?? attributes.get('cloud_region')
  if (region !== undefined) labels.set('region', region)
  return labels
}

function addAttributes(labels: Map<string, string>, attributes: unknown): void {
  for (const { key, value } of (attributes as readonly PlainMessage[] | undefined) ?? []) {
    const text = attributeText(value as PlainMessage | undefined)
    if (text !== undefined) labels.set(prometheusLabel(textOf(key)), text)
  }
}

function attributeText(value: PlainMessage | undefined): string | undefined {
  const scalar = value?.['stringValue'] ?? value?.['intValue'] ?? value?.['doubleValue'] ?? value?.['boolValue']
  return scalar === undefined ? undefined : String(scalar)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

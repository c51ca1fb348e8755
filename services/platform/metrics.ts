import { Counter, collectDefaultMetrics, Gauge, Histogram, type Metric, Registry } from 'prom-client'
import { type Labels, type MetricSpec, metricCatalogue } from './metrics-catalogue.ts'

type Catalogue = typeof metricCatalogue

/** A service that has metrics. */
export type MeteredService = 'ingest' | 'worker' | 'settle' | 'charge' | 'alert' | 'api'

type LabelValues<L extends Labels> = { readonly [Name in keyof L]: L[Name] extends readonly (infer Value)[] ? Value : string | number }

type Handle<Spec> = Spec extends { kind: 'counter'; labels: infer L extends Labels }
  ? { inc(labels: LabelValues<L>, value?: number): void }
  : Spec extends { kind: 'gauge'; labels: infer L extends Labels }
    ? { set(labels: LabelValues<L>, value: number): void }
    : Spec extends { kind: 'histogram'; labels: infer L extends Labels }
      ? { observe(labels: LabelValues<L>, value: number): void }
      : never

/** The metrics that `S` may write: its own and those of the event log. A metric without labels takes `{}`. */
export type Metrics<S extends MeteredService> = {
  readonly [Name in keyof Catalogue as Name extends `${S}_${string}` | `event_log_${string}` ? Name : never]: Handle<Catalogue[Name]>
} & { readonly registry: Registry }

/** CPU, memory and event-loop metrics of the process. To be built once: they watch the process for as long as it runs. */
export function buildProcessMetrics(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}

/**
 * Builds the metrics of one service in a registry of their own. Counters with closed labels start at zero, so that a rate is right from the
 * first increase. Those of `processMetrics` are shown beside them.
 */
export function buildMetrics<S extends MeteredService>(service: S, config: { processMetrics?: Registry | undefined } = {}): Metrics<S> {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  for (const { name } of config.processMetrics?.getMetricsAsArray() ?? [])
    registry.registerMetric(config.processMetrics?.getSingleMetric(name) as Metric)
  const handles = Object.entries(metricCatalogue as Record<string, MetricSpec>)
    .filter(([name]) => name.startsWith(`${service}_`) || name.startsWith('event_log_'))
    .map(([name, spec]) => [name, handleOf(name, spec, registry)])
  return { ...Object.fromEntries(handles), registry } as Metrics<S>
}

function handleOf(name: string, spec: MetricSpec, registry: Registry): Counter | Gauge | Histogram {
  const options = { name, help: spec.help, labelNames: Object.keys(spec.labels), registers: [registry] }
  if (spec.kind === 'gauge') return new Gauge(options)
  if (spec.kind === 'histogram') return new Histogram({ ...options, buckets: [...(spec.buckets ?? [])] })
  const counter = new Counter(options)
  for (const labels of closedCombinations(spec.labels)) counter.inc(labels, 0)
  return counter
}

function closedCombinations(labels: Labels): Record<string, string>[] {
  let combinations: Record<string, string>[] = [{}]
  for (const [name, values] of Object.entries(labels)) {
    if (values === 'bounded') return []
    combinations = combinations.flatMap(combination => values.map(value => ({ ...combination, [name]: value })))
  }
  return combinations
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildMetrics, buildProcessMetrics } from '../../services/platform/metrics.ts'
import { type MetricSpec, metricCatalogue } from '../../services/platform/metrics-catalogue.ts'

const specs = Object.entries(metricCatalogue as Record<string, MetricSpec>)

test('names are service, noun, unit; counters end in _total, and nothing else does', () => {
  for (const [name, { kind, help }] of specs) {
    assert.match(name, /^(ingest|worker|settle|charge|alert|api|event_log)_[a-z]+(_[a-z]+)*_(total|seconds|bytes|records|count)$/)
    assert.equal(name.endsWith('_total'), kind === 'counter', name)
    assert.match(help, /^[A-Z].*\.$/, name)
  }
})

test('no label can carry a tenant, a key or a request', () => {
  for (const [name, { labels }] of specs)
    assert.deepEqual(
      Object.keys(labels).filter(label => /tenant|key|request|user|source/.test(label)),
      [],
      name,
    )
})

test('a service has its own metrics and those of the event log, from zero', async () => {
  const metrics = buildMetrics('worker')
  const names = metrics.registry.getMetricsAsArray().map(metric => metric.name)
  assert.ok(names.includes('event_log_lag_records'))
  assert.deepEqual(
    names.filter(name => !/^(worker|event_log)_/.test(name)),
    [],
  )
  metrics.worker_rows_total.inc({ table: 'attempts_raw' }, 3)
  metrics.worker_ingest_delay_seconds.observe({}, 0.4)
  metrics.event_log_lag_records.set({ topic: 't', partition: 0 }, 7)
  const text = await metrics.registry.metrics()
  assert.match(text, /worker_rows_total\{table="attempts_raw",service="worker"\} 3/)
  assert.match(text, /worker_rows_total\{table="engine_samples_raw",service="worker"\} 0/)
  assert.match(text, /worker_ingest_delay_seconds_bucket\{le="0.5",service="worker"\} 1/)
  assert.match(text, /event_log_lag_records\{topic="t",partition="0",service="worker"\} 7/)
})

test('two services in one process do not mix their numbers', async () => {
  const processMetrics = buildProcessMetrics()
  const [one, other] = [buildMetrics('ingest', { processMetrics }), buildMetrics('ingest', { processMetrics })]
  one.ingest_bytes_total.inc({}, 5)
  assert.match(await one.registry.metrics(), /ingest_bytes_total\{service="ingest"\} 5/)
  assert.match(await other.registry.metrics(), /ingest_bytes_total\{service="ingest"\} 0/)
})

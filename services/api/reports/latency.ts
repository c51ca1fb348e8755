import Type from 'typebox'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { columnConditions, requestModelCondition, upstreamConditions } from './conditions.ts'
import type { Report } from './report.ts'
import { count, countsByName, pick, quantiles, quantilesFrom } from './row-schemas.ts'

const measures = Type.Object({
  requests: count('requests'),
  successful_requests: count('requests that were answered well'),
  errors_by_class: countsByName('failed requests by error class'),
  ttft_ms: quantiles('start of the first attempt to first token'),
  tpot_ms: quantiles('decode time / (output tokens - 1)'),
  duration_ms: quantiles('start of the first attempt to last byte'),
  queue_ms: quantiles('time waiting before the upstream started'),
  ttft_count: count('requests in ttft_ms'),
  tpot_count: count('requests in tpot_ms'),
  duration_count: count('requests in duration_ms'),
  queue_count: count('requests in queue_ms'),
})

/** GET /v1/latency: quantiles of what requests waited, and errors by class. */
export const latencyReport: Report = {
  path: '/v1/latency',
  summary: 'Latency quantiles and errors of requests',
  description: 'Quantiles are merged from states, so a step or group has its own true quantiles, not averages of smaller ones.',
  level: 'latency',
  rows: readQuery(import.meta.url, 'latency'),
  dimensions: ['tenant_id', 'priority', 'route', 'request_model', 'upstream_kind', 'upstream'],
  fixedKeys: [],
  conditions: { ...columnConditions('route', 'priority'), ...requestModelCondition, ...upstreamConditions },
  measures,
  toMeasures: row => ({
    ...pick(row, measures),
    ttft_ms: quantilesFrom(row['ttft_ms'], row['ttft_count']),
    tpot_ms: quantilesFrom(row['tpot_ms'], row['tpot_count']),
    duration_ms: quantilesFrom(row['duration_ms'], row['duration_count']),
    queue_ms: quantilesFrom(row['queue_ms'], row['queue_count']),
  }),
}

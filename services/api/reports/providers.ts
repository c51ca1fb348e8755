import Type from 'typebox'
import { withRatios } from '../../../schemas/ratios.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { columnConditions } from './conditions.ts'
import type { Report } from './report.ts'
import { count, countsByName, pick, quantiles, quantilesFrom, reading } from './row-schemas.ts'

const measures = Type.Object({
  attempts: count('attempts that went upstream'),
  successful_attempts: count('attempts that ended well'),
  rate_limited: count('attempts refused for their rate'),
  timeouts: count('attempts that timed out'),
  connect_failures: count('attempts that found no connection or no capacity'),
  errors_by_class: countsByName('failed attempts by error class'),
  ttft_count: count('attempts in ttft_ms'),
  duration_count: count('attempts in duration_ms'),
  success_ratio: reading('successful_attempts / attempts'),
  rate_limited_ratio: reading('rate_limited / attempts'),
  timeout_ratio: reading('timeouts / attempts'),
  ttft_ms: quantiles('start of the attempt to first token'),
  duration_ms: quantiles('start of the attempt to last byte'),
})

/** GET /v1/providers: health of what the gateways depend on, per attempt. */
export const providersReport: Report = {
  path: '/v1/providers',
  summary: 'Health of upstreams',
  description:
    'The column provider holds the pool for self-hosted upstreams. A tenant sees its own attempts alone; endpoints are shown to ' +
    'operators only.',
  level: 'provider',
  rows: withRatios(readQuery(import.meta.url, 'providers')),
  rowsOfTenants: withRatios(readQuery(import.meta.url, 'providers-of-tenants')),
  dimensions: ['upstream_kind', 'provider', 'endpoint', 'region'],
  operatorDimensions: ['endpoint'],
  fixedKeys: [],
  conditions: {
    ...columnConditions('endpoint', 'region'),
    pool: "r.upstream_kind = 'pool' AND r.provider IN {pool:Array(String)}",
    provider: "r.upstream_kind = 'provider' AND r.provider IN {provider:Array(String)}",
  },
  measures,
  toMeasures: row => ({
    ...pick(row, measures),
    ttft_ms: quantilesFrom(row['ttft_ms'], row['ttft_count']),
    duration_ms: quantilesFrom(row['duration_ms'], row['duration_count']),
  }),
}

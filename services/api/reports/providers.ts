import Type from 'typebox'
import { columnConditions } from './conditions.ts'
import type { Report } from './report.ts'
import { readQuery } from './report-sql.ts'
import { count, countsByName, hidden, orNull, pick, quantiles, quantilesFrom, reading } from './row-schemas.ts'

const volumes = {
  attempts: orNull(count('attempts that went upstream')),
  successful_attempts: orNull(count('attempts that ended well')),
  rate_limited: orNull(count('attempts refused for their rate')),
  timeouts: orNull(count('attempts that timed out')),
  connect_failures: orNull(count('attempts that found no connection or no capacity')),
  errors_by_class: orNull(countsByName('failed attempts by error class')),
  ttft_count: orNull(count('attempts in ttft_ms')),
  duration_count: orNull(count('attempts in duration_ms')),
}

const measures = Type.Object({
  ...volumes,
  success_ratio: reading('successful_attempts / attempts'),
  ttft_ms: quantiles('start of the attempt to first token'),
  duration_ms: quantiles('start of the attempt to last byte'),
})

/** GET /v1/providers: health of what the gateways depend on, per attempt. */
export const providersReport: Report = {
  path: '/v1/providers',
  summary: 'Health of upstreams',
  description:
    'The column provider holds the pool for self-hosted upstreams. A tenant sees the upstreams that served it in the range, with their success ratio and latency; counts are null and endpoints are not shown, because they tell of others.',
  rows: readQuery('providers'),
  dimensions: ['upstream_kind', 'provider', 'endpoint', 'region'],
  operatorDimensions: ['endpoint'],
  fixedKeys: [],
  conditions: {
    ...columnConditions('endpoint', 'region'),
    pool: "r.upstream_kind = 'pool' AND r.provider IN {pool:Array(String)}",
    provider: "r.upstream_kind = 'provider' AND r.provider IN {provider:Array(String)}",
  },
  measures,
  toMeasures(row, seesVolumes) {
    const shown = {
      ...pick(row, measures),
      ttft_ms: quantilesFrom(row['ttft_ms'], row['ttft_count']),
      duration_ms: quantilesFrom(row['duration_ms'], row['duration_count']),
    }
    return seesVolumes ? shown : hidden(shown, Object.keys(volumes))
  },
}

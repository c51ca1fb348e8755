import Type from 'typebox'
import { withRatios } from '../../../schemas/ratios.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { columnConditions } from './conditions.ts'
import type { Report } from './report.ts'
import { count, money, pick, reading } from './row-schemas.ts'

const measures = Type.Object({
  requests: count('requests'),
  attempts: count('attempt rows after dedup'),
  attempts_reported: count('upstream attempts as the gateways counted them'),
  amplification: reading('attempts_reported / requests'),
  recovered_by_retry_ratio: reading('recovered_by_retry / retried_requests'),
  recovered_by_fallback_ratio: reading('recovered_by_fallback / retried_requests'),
  added_latency_mean_ms: reading('added_latency_ms / added_latency_requests'),
  retried_requests: count('requests with more than one attempt'),
  fallback_requests: count('requests whose last attempt went to another upstream than the first'),
  recovered_by_retry: count('requests that a retry saved'),
  recovered_by_fallback: count('requests that a fallback saved'),
  failed_after_all: count('more than one attempt and still not well answered'),
  failed_at_once: count('not well answered after a single attempt'),
  wasted_tokens: count('of attempts that did not give the answer, estimates included'),
  wasted_cost: money('of those attempts'),
  added_latency_ms: Type.Number({ description: 'sum over requests of last attempt start less first attempt start' }),
  added_latency_requests: count('requests in added_latency_ms'),
  collateral_attempts: count('attempts that fallbacks put on to_upstream'),
  collateral_tokens: count('their tokens'),
})

/** GET /v1/resilience: what further attempts did for requests, and what they cost. */
export const resilienceReport: Report = {
  path: '/v1/resilience',
  summary: 'Retries and fallbacks: help and cost',
  description:
    'cause is the error class of the first attempt; empty: it succeeded. pool and provider find rows that left the upstream of that ' +
    'name or went to it. Rows are kept apart by currency.',
  level: 'resilience',
  rows: withRatios(readQuery(import.meta.url, 'resilience')),
  dimensions: ['tenant_id', 'route', 'policy', 'cause', 'from_upstream', 'to_upstream'],
  fixedKeys: ['currency'],
  conditions: {
    ...columnConditions('route', 'policy', 'cause', 'from_upstream', 'to_upstream'),
    pool: '(r.from_upstream IN {pool:Array(String)} OR r.to_upstream IN {pool:Array(String)})',
    provider: '(r.from_upstream IN {provider:Array(String)} OR r.to_upstream IN {provider:Array(String)})',
  },
  measures,
  toMeasures: row => pick(row, measures),
}

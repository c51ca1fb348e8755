import Type from 'typebox'
import { withRatios } from '../../../schemas/ratios.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { columnConditions, requestModelCondition, upstreamConditions } from './conditions.ts'
import type { Report } from './report.ts'
import { count, money, orNull, pick, reading } from './row-schemas.ts'

const measures = Type.Object({
  requests: count('requests, counted where their last attempt ran'),
  successful_requests: count('requests that were answered well'),
  attempts: count('attempt rows after dedup'),
  attempts_reported: count('upstream attempts as the gateways counted them'),
  unseen_attempts: count('counted by a gateway but in no row; their usage is unknown'),
  input_tokens: count('cached and cache-write tokens included'),
  cached_input_tokens: count('part of input_tokens'),
  cache_write_tokens: count('part of input_tokens'),
  output_tokens: count('reasoning tokens included'),
  reasoning_tokens: count('part of output_tokens'),
  estimated_input_tokens: count('of attempts that a provider bills although nobody reported their usage'),
  estimated_output_tokens: count('likewise'),
  unpriced_attempts: count('attempts without a price in force'),
  unpriced_tokens: count('their tokens; not free'),
  missing_usage_attempts: count('attempts whose usage nobody reported'),
  contradictory_usage_attempts: count('attempts whose token counts cannot be true together'),
  response_cache_hits: count('answers from a gateway’s cache'),
  response_cache_hit_tokens: count('tokens of those answers; nothing is charged for them'),
  input_cost: money('uncached input'),
  cached_input_cost: money('cached input'),
  cache_write_cost: money('cache writes'),
  output_cost: money('output without reasoning'),
  reasoning_cost: money('reasoning'),
  unit_cost: money('billed beside tokens: images, seconds, searches, requests'),
  list_cost: money('sum of the five parts'),
  estimated_cost: money('of estimated tokens; beside list_cost, not in it'),
  reported_cost: money('what gateways or providers said'),
  cost_per_successful_request: orNull(
    money('list_cost / successful_requests, cut off after 18 places; null: nothing succeeded, or nothing had a price or a reported usage'),
  ),
  is_cost_partial: Type.Boolean({ description: 'some attempt has no price or no reported usage: the costs are of the others alone' }),
  success_ratio: reading('successful_requests / requests'),
  cached_input_ratio: reading('cached_input_tokens / input_tokens'),
  response_cache_hit_ratio: reading('response_cache_hits / requests'),
})

/** GET /v1/usage: requests, attempts, tokens and cost. */
export const usageReport: Report = {
  path: '/v1/usage',
  summary: 'Requests, attempts, tokens and cost',
  description: 'Amounts of different currencies are never added: rows are kept apart by currency, whatever the groups.',
  level: 'usage',
  rows: withRatios(readQuery(import.meta.url, 'usage')),
  dimensions: ['tenant_id', 'route', 'request_model', 'response_model', 'upstream_kind', 'upstream', 'service_tier'],
  fixedKeys: ['currency'],
  conditions: { ...columnConditions('route', 'response_model', 'service_tier'), ...requestModelCondition, ...upstreamConditions },
  measures,
  toMeasures: row => pick(row, measures),
}

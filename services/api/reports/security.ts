import Type from 'typebox'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { columnConditions } from './conditions.ts'
import type { Report } from './report.ts'
import { count, countsByName, pick, reading } from './row-schemas.ts'

const measures = Type.Object({
  requests: count('requests'),
  attempts: count('attempt rows after dedup'),
  answered_attempts: count('attempts that ended well'),
  rejected_attempts: count('attempts that the gateway refused, for whatever reason'),
  rate_limited_attempts: count('of those, for their rate, budget or load'),
  auth_failures: count('of those, for who called'),
  auth_failures_by_result: countsByName('auth_failures by auth_result; unknown: not told'),
  refused_model_attempts: count('a known caller asked for a model that it may not use or that is not there'),
  blocked_by_policy: count('attempts that a guardrail or content policy stopped'),
  guardrail_hits: count('attempts in which a guardrail intervened, blocked ones among them'),
  input_tokens: count('cached and cache-write tokens included; of attempts that went upstream'),
  cached_input_tokens: count('part of input_tokens'),
  output_tokens: count('reasoning tokens included'),
  request_bytes_geometric_mean: reading('geometric mean of the bytes of requests that tell them'),
  output_ratio_geometric_mean: reading('geometric mean of output tokens by input tokens, of answers that tell both'),
  prompted_attempts: count('answers with a hash of their prompt'),
  prompts: count('different ones of those hashes, within about 2 %'),
  models: count('different models asked for, within about 2 %'),
  refused_models: count('different models of refused_model_attempts, within about 2 %'),
  api_keys: count('different keys that are told by name'),
  client_ip_prefixes: count('different networks of clients that are told by name'),
})

/** GET /v1/security: who called, who was refused and why. */
export const securityReport: Report = {
  path: '/v1/security',
  summary: 'Who called, who was refused and why',
  description:
    'By tenant, route, key and network of the client (/24 of IPv4, /48 of IPv6). Callers whom a gateway refused before it knew ' +
    'them stand under the tenant unauthenticated, which operators alone see. Of a tenant with very many keys or networks in a ' +
    'minute some are told as overflow.',
  level: 'security',
  rows: readQuery(import.meta.url, 'security'),
  dimensions: ['tenant_id', 'route', 'api_key_id', 'client_ip_prefix'],
  fixedKeys: [],
  conditions: columnConditions('route', 'api_key_id', 'client_ip_prefix'),
  measures,
  toMeasures: row => pick(row, measures),
}

import type { FactTable, FieldTable } from './dialect.ts'

/** Names of tenant_id that are headers of the request: of a caller who was refused nobody has set or checked them. */
export const ENVOY_HEADER_TENANTS = ['x-tenant-id', 'x_tenant_id', 'x-llm-d-inference-fairness-id', 'x-gateway-inference-fairness-id']

/**
 * Names under which operators log Envoy's values: Envoy AI Gateway's documented ones first, then the metadata keys of its cost table, then
 * Weir's own field names, which anybody may choose in a log format.
 */
export const envoyFields = {
  tenant_id: {
    from: [
      'tenant_id',
      'tenant.id',
      'x-tenant-id',
      'x_tenant_id',
      'tenant',
      'x-llm-d-inference-fairness-id',
      'x-gateway-inference-fairness-id',
    ],
    as: 'text',
    note: 'log a header that the gateway sets or strips, never one that a client may choose',
  },
  api_key_id: { from: ['api_key_id', 'api_key.id', 'x-api-key-id', 'x_api_key_id'], as: 'text' },
  user_id: { from: ['user_id', 'user.id', 'enduser.id', 'x-user-id'], as: 'text' },
  request_id: { from: ['x-request-id', 'x_request_id', 'request_id', 'request.id'], as: 'text' },
  trace_id: { from: ['trace_id', 'trace.id'], as: 'text' },
  started_at: { from: ['start_time', 'started_at'], as: 'time' },
  duration_ms: { from: ['duration', 'duration_ms'], as: 'ms' },
  upstream_ms: { from: ['x-envoy-upstream-service-time', 'upstream_service_time', 'upstream_ms'], as: 'ms' },
  queue_ms: { from: ['queue_ms'], as: 'ms' },
  gateway: { from: ['gateway'], as: 'text' },
  route: { from: ['route_name', 'route'], as: 'text' },
  operation: { from: ['gen_ai.operation.name', 'operation'], as: 'text' },
  request_model: { from: ['gen_ai.original.model', 'gen_ai.request.model', 'x-ai-eg-model', 'request_model'], as: 'text' },
  response_model: {
    from: ['gen_ai.response.model', 'response_model', 'gen_ai.request.model_override', 'model_name_override'],
    as: 'text',
    note: 'the model that was asked of the backend stands in where the answer names none',
  },
  endpoint: { from: ['x-gateway-destination-endpoint-served', 'upstream_host'], as: 'text' },
  region: { from: ['region', 'upstream_region'], as: 'text' },
  priority: { from: ['priority', 'x-llm-d-inference-objective', 'x-gateway-inference-objective'], as: 'text' },
  service_tier: { from: ['service_tier', 'gen_ai.openai.response.service_tier'], as: 'text' },
  status_code: { from: ['response_code'], as: 'count', note: '0: no answer was started; the client was gone' },
  policy: { from: ['policy', 'retry_policy'], as: 'text' },
  finish_reason: { from: ['finish_reason', 'gen_ai.response.finish_reasons/0'], as: 'text' },
  reported_cost: { from: ['reported_cost'], as: 'decimal_text' },
  reported_currency: { from: ['reported_currency'], as: 'text' },
  auth_result: { from: ['auth_result'], as: 'text' },
  request_bytes: { from: ['bytes_received'], as: 'count' },
  response_bytes: { from: ['bytes_sent'], as: 'count' },
  prompt_hash: { from: ['prompt_hash'], as: 'text' },
  guardrail: { from: ['guardrail'], as: 'text' },
} satisfies FieldTable

/** What the rules of envoy.ts need. Token counts are absent on failures and aborted streams, which is not zero. */
export const envoyFacts = {
  attempt_count: {
    from: ['upstream_request_attempt_count', 'x-envoy-attempt-count', 'attempts_reported'],
    as: 'count',
    note: '0: never sent upstream; absent: the log format does not have it',
  },
  flags: { from: ['response_flags'], as: 'text' },
  flags_long: { from: ['response_flags_long'], as: 'text' },
  details: { from: ['response_code_details'], as: 'text' },
  transport_failure: { from: ['upstream_transport_failure_reason'], as: 'text' },
  host: { from: ['upstream_host'], as: 'text' },
  host_name: { from: ['upstream_host_name'], as: 'text' },
  hosts_attempted: { from: ['upstream_hosts_attempted', 'upstream_host_names_attempted'], as: 'text' },
  cluster: { from: ['upstream_cluster'], as: 'text' },
  provider_name: {
    from: ['gen_ai.provider.name', 'gen_ai.system', 'backend_name', 'ai_service_backend_name'],
    as: 'text',
    note: 'Envoy AI Gateway writes a backend’s path here, not a provider',
  },
  kind: { from: ['upstream_kind'], as: 'text' },
  pool: { from: ['pool'], as: 'text' },
  provider: { from: ['provider'], as: 'text' },
  path: { from: ['x-envoy-origin-path', 'x-envoy-original-path', 'path', ':path'], as: 'text' },
  content_type: { from: ['response_content_type', 'content-type', 'content_type'], as: 'text' },
  stream: { from: ['is_stream', 'stream', 'gen_ai.request.stream'], as: 'flag' },
  ttft: { from: ['token_latency_ttft', 'ttft_ms', 'gen_ai.server.time_to_first_token_ms'], as: 'ms' },
  response_duration: {
    from: ['response_duration', 'response_duration_ms'],
    as: 'ms',
    note: 'time to first byte; of a stream that is the first token',
  },
  client: { from: ['x-forwarded-for', 'downstream_remote_address', 'downstream_remote_address_without_port', 'client_ip'], as: 'text' },
  traceparent: { from: ['traceparent'], as: 'text' },
  input: { from: ['gen_ai.usage.input_tokens', 'llm_input_token', 'input_tokens', 'gen_ai.usage.prompt_tokens'], as: 'count' },
  cached_input: {
    from: [
      'gen_ai.usage.cached_input_tokens',
      'gen_ai.usage.cache_read.input_tokens',
      'gen_ai.usage.cache_read_input_tokens',
      'llm_cached_input_token',
      'cached_input_tokens',
    ],
    as: 'count',
  },
  cache_write: {
    from: [
      'gen_ai.usage.cache_creation_input_tokens',
      'gen_ai.usage.cache_creation.input_tokens',
      'gen_ai.usage.cache_write.input_tokens',
      'llm_cache_creation_input_token',
      'cache_write_tokens',
    ],
    as: 'count',
  },
  output: { from: ['gen_ai.usage.output_tokens', 'llm_output_token', 'output_tokens', 'gen_ai.usage.completion_tokens'], as: 'count' },
  reasoning: {
    from: ['gen_ai.usage.reasoning_tokens', 'gen_ai.usage.reasoning.output_tokens', 'llm_reasoning_token', 'reasoning_tokens'],
    as: 'count',
  },
  total: { from: ['gen_ai.usage.total_tokens', 'llm_total_token', 'total_tokens'], as: 'count' },
} satisfies FactTable

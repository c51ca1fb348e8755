import type { FactTable, FieldTable } from './dialect.ts'

/** Canonical fields that stand in the log object as they are; kong.ts has brought the AI block to `ai/proxy`. */
export const kongFields = {
  tenant_id: {
    from: ['consumer/username', 'consumer/custom_id', 'consumer/id', 'workspace_name', 'workspace'],
    as: 'text',
    note: 'the consumer that Kong authenticated; without one, the workspace; never a header of the client',
  },
  api_key_id: { from: ['authenticated_entity/id'], as: 'text' },
  user_id: { from: ['authenticated_entity/consumer_id'], as: 'text' },
  request_id: { from: ['request/id', 'correlation_id'], as: 'text' },
  trace_id: { from: ['trace_id/w3c', 'trace_id/datadog', 'trace_id'], as: 'text' },
  started_at: { from: ['started_at'], as: 'epoch_ms' },
  duration_ms: { from: ['latencies/request'], as: 'ms', none: [-1] },
  ttft_ms: { from: ['ai/proxy/usage/time_to_first_token'], as: 'ms' },
  route: { from: ['route/name', 'route/id'], as: 'text' },
  request_model: { from: ['ai/proxy/meta/request_model'], as: 'text' },
  response_model: { from: ['ai/proxy/meta/response_model'], as: 'text' },
  request_bytes: { from: ['request/size'], as: 'count' },
  response_bytes: { from: ['response/size'], as: 'count' },
  reported_cost: {
    from: ['ai/proxy/usage/cost'],
    as: 'decimal_text',
    none: [0, '0'],
    note: '0: no price is configured, which is not free. Kong names no currency; its prices are taken as USD',
  },
} satisfies FieldTable

/** What the rules of kong.ts need. */
export const kongFacts = {
  status: { from: ['response/status'], as: 'count' },
  upstream_status: { from: ['upstream_status'], as: 'text', note: 'one status, or several as text "503, 200"' },
  answered_by: { from: ['source'], as: 'text', note: '"upstream", or which part of Kong answered' },
  path: { from: ['request/uri', 'upstream_uri'], as: 'text' },
  client: { from: ['client_ip'], as: 'text' },
  service: { from: ['service/name', 'service/id'], as: 'text' },
  provider: { from: ['ai/proxy/meta/provider_name'], as: 'text', note: 'openai may also be a server that speaks OpenAI’s protocol' },
  request_mode: { from: ['ai/proxy/meta/request_mode'], as: 'text' },
  llm_latency: { from: ['ai/proxy/meta/llm_latency'], as: 'ms', none: [-1] },
  proxy_latency: { from: ['latencies/proxy'], as: 'ms', none: [-1], note: '-1: not proxied' },
  cache_status: { from: ['ai/proxy/cache/cache_status'], as: 'text' },
  input: { from: ['ai/proxy/usage/prompt_tokens', 'ai/proxy/usage/input_tokens'], as: 'count' },
  cached_input: {
    from: ['ai/proxy/usage/prompt_tokens_details/cached_tokens', 'ai/proxy/usage/input_tokens_details/cached_tokens'],
    as: 'count',
  },
  output: { from: ['ai/proxy/usage/completion_tokens', 'ai/proxy/usage/output_tokens'], as: 'count' },
  reasoning: {
    from: ['ai/proxy/usage/completion_tokens_details/reasoning_tokens', 'ai/proxy/usage/output_tokens_details/reasoning_tokens'],
    as: 'count',
  },
  total: { from: ['ai/proxy/usage/total_tokens'], as: 'count' },
  audio_input: { from: ['ai/proxy/usage/prompt_tokens_details/audio_tokens'], as: 'count' },
  audio_output: { from: ['ai/proxy/usage/completion_tokens_details/audio_tokens'], as: 'count' },
} satisfies FactTable

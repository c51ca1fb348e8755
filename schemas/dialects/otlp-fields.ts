import type { FactTable, FieldTable } from './dialect.ts'

const at = (...names: string[]) => names.map(name => `attributes/${name}`)
const tenantNames = ['tenant.id', 'tenant_id', 'tenant', 'gen_ai.tenant.id']

/**
 * Canonical fields of spans and events: current names of the GenAI conventions first, then newer, legacy, and those of single
 * instrumentations.
 */
export const otlpFields = {
  tenant_id: {
    from: [
      ...at(...tenantNames),
      ...tenantNames.map(name => `resource/${name}`),
      ...at('tfy.request.created_by_subject_teams/0', 'tfy.request.created_by_subject/subjectSlug', 'tfy.request.created_by_subject'),
    ],
    as: 'text',
    note: 'an attribute of the span, else of the resource; of gateways only TrueFoundry sets one by default: the team, else who asked',
  },
  api_key_id: { from: at('api_key.id', 'api_key_id'), as: 'text' },
  user_id: {
    from: at('user.id', 'enduser.id', 'gen_ai.user.id', 'tfy.request.created_by_subject/subjectSlug', 'tfy.request.created_by_subject'),
    as: 'text',
  },
  request_id: {
    from: [
      ...at('request.id'),
      'joined_request_id',
      ...at('x-request-id', 'http.request.header.x-request-id', 'http.request.header.x-request-id/0'),
      'own_request_id',
    ],
    as: 'text',
    note:
      'request.id joins; x-request-id, which clients send with many calls, only names; without either a span is a request of its own: a ' +
      'trace holds all calls of an agent. Spans that a gateway ' +
      'writes for each attempt, and those with http.request.resend_count or retry.attempt, are joined by their parent',
  },
  trace_id: { from: ['trace_id'], as: 'text' },
  route: { from: at('http.route', 'route', 'gen_ai.agent.name'), as: 'text' },
  operation: {
    from: at('gen_ai.operation.name', 'openinference.span.kind', 'llm.request.type', 'traceloop.entity.kind', 'tfy.model.request_type'),
    as: 'text',
  },
  request_model: {
    from: at('gen_ai.request.model', 'gen_ai.original.model', 'llm.request.model', 'ai.model.id', 'tfy.request.model_name'),
    as: 'text',
  },
  response_model: {
    from: at('gen_ai.response.model', 'llm.response.model', 'llm.model_name', 'ai.response.model', 'tfy.model.name'),
    as: 'text',
  },
  service_tier: {
    from: at('gen_ai.openai.response.service_tier', 'openai.response.service_tier', 'gen_ai.response.service_tier'),
    as: 'text',
    none: ['default', 'auto'],
  },
  finish_reason: {
    from: at('gen_ai.response.finish_reasons/0', 'gen_ai.response.finish_reason', 'llm.response.finish_reason', 'ai.response.finishReason'),
    as: 'text',
  },
  queue_ms: { from: at('gen_ai.latency.time_in_queue'), as: 's' },
} satisfies FieldTable

/** What the rules need. Counts may be text: OTLP/JSON writes 64-bit integers so. */
export const otlpFacts = {
  start: { from: ['start_unix_nano'], as: 'epoch_ns' },
  first_token: { from: ['first_token_unix_nano'], as: 'epoch_ns' },
  is_error: { from: ['is_error'], as: 'flag' },
  status_message: { from: ['status_message'], as: 'text' },
  error_type: { from: [...at('error.type', 'gen_ai.error.type'), 'exception/exception.type'], as: 'text' },
  http_status: { from: at('http.response.status_code', 'http.status_code'), as: 'count' },
  span_name: { from: ['span_name'], as: 'text' },
  joined_by: { from: at('request.id'), as: 'text', note: 'an id that the application gives to the attempts of one request' },
  provider: {
    from: at('gen_ai.provider.name', 'gen_ai.system', 'gen_ai.model.provider', 'llm.provider', 'llm.system', 'ai.model.provider'),
    as: 'text',
  },
  engine_request: { from: at('gen_ai.request.id'), as: 'text', note: 'vLLM’s own spans: the engine’s view' },
  address: { from: at('server.address', 'net.peer.name', 'upstream_host', 'tfy.model.request_url'), as: 'text' },
  port: { from: at('server.port', 'net.peer.port'), as: 'text' },
  pool: { from: [...at('pool'), 'resource/pool'], as: 'text' },
  kind: { from: at('upstream_kind'), as: 'text' },
  stream: { from: at('gen_ai.request.stream', 'gen_ai.is_streaming', 'llm.is_streaming', 'tfy.model.streaming'), as: 'flag' },
  ttft: {
    from: at(
      'gen_ai.response.time_to_first_chunk',
      'gen_ai.server.time_to_first_token',
      'gen_ai.latency.time_to_first_token',
      'gen_ai.client.time_to_first_token',
      'gen_ai.server.ttft',
    ),
    as: 's',
    note: 'seconds',
  },
  ttft_told: { from: at('ai.response.msToFirstChunk', 'tfy.model.metric.time_to_first_token_in_ms'), as: 'ms' },
  error_message: { from: at('tfy.error_message', 'error.message'), as: 'text' },
  attempt: { from: at('http.request.resend_count', 'retry.attempt'), as: 'count', note: 'how often it was sent before' },
  cost: {
    from: at(
      'gen_ai.usage.cost',
      'gen_ai.usage.cost_usd',
      'gen_ai.cost.usd',
      'llm.cost.total',
      'gen_ai.cost.total_cost',
      'tfy.model.metric.cost_in_usd',
    ),
    as: 'decimal_text',
    none: [0, '0'],
    note: 'USD',
  },
  input: {
    from: at(
      'gen_ai.usage.input_tokens',
      'gen_ai.usage.prompt_tokens',
      'llm.token_count.prompt',
      'llm.usage.prompt_tokens',
      'ai.usage.inputTokens',
      'ai.usage.promptTokens',
      'tfy.model.metric.input_tokens',
    ),
    as: 'count',
    note: 'inclusive by the conventions; a span whose cached tokens exceed it counts exclusively',
  },
  cached_input: {
    from: at(
      'gen_ai.usage.cache_read.input_tokens',
      'gen_ai.usage.cached_input_tokens',
      'gen_ai.usage.cache_read_input_tokens',
      'gen_ai.usage.cache_read_tokens',
      'gen_ai.usage.input_cached_tokens',
      'gen_ai.usage.input_tokens.cached',
      'gen_ai.usage.details.cache_read_tokens',
      'gen_ai.usage.prompt_tokens_details.cached_tokens',
      'gen_ai.usage.input_tokens_details.cached_tokens',
      'cache_read_input_tokens',
      'llm.token_count.prompt_details.cache_read',
      'llm.usage.cache_read_input_tokens',
      'ai.usage.inputTokenDetails.cacheReadTokens',
      'ai.usage.cachedInputTokens',
      'tfy.model.metric.cache_read_input_tokens',
    ),
    as: 'count',
  },
  cache_write: {
    from: at(
      'gen_ai.usage.cache_creation.input_tokens',
      'gen_ai.usage.cache_write.input_tokens',
      'gen_ai.usage.cache_creation_input_tokens',
      'gen_ai.usage.cache_write_tokens',
      'gen_ai.usage.details.cache_write_tokens',
      'cache_creation_input_tokens',
      'llm.token_count.prompt_details.cache_write',
      'llm.usage.cache_creation_input_tokens',
      'ai.usage.inputTokenDetails.cacheWriteTokens',
      'tfy.model.metric.cache_creation_input_tokens',
    ),
    as: 'count',
  },
  output: {
    from: at(
      'gen_ai.usage.output_tokens',
      'gen_ai.usage.completion_tokens',
      'llm.token_count.completion',
      'llm.usage.completion_tokens',
      'ai.usage.outputTokens',
      'ai.usage.completionTokens',
      'tfy.model.metric.output_tokens',
    ),
    as: 'count',
  },
  reasoning: {
    from: at(
      'gen_ai.usage.reasoning.output_tokens',
      'gen_ai.usage.reasoning_tokens',
      'gen_ai.usage.output_tokens.reasoning',
      'gen_ai.usage.completion_tokens_details.reasoning_tokens',
      'llm.token_count.completion_details.reasoning',
      'llm.usage.reasoning_tokens',
      'ai.usage.outputTokenDetails.reasoningTokens',
      'ai.usage.reasoningTokens',
    ),
    as: 'count',
  },
  total: { from: at('llm.token_count.total', 'llm.usage.total_tokens', 'gen_ai.usage.total_tokens', 'ai.usage.totalTokens'), as: 'count' },
  audio_input: { from: at('gen_ai.usage.audio.input_tokens', 'llm.token_count.prompt_details.audio'), as: 'count' },
  audio_output: { from: at('gen_ai.usage.audio.output_tokens', 'llm.token_count.completion_details.audio'), as: 'count' },
  image_input: { from: at('gen_ai.usage.image.input_tokens'), as: 'count' },
  image_output: { from: at('gen_ai.usage.image.output_tokens'), as: 'count' },
  cached_audio_input: { from: at('gen_ai.usage.audio.cache_read.input_tokens'), as: 'count' },
} satisfies FactTable

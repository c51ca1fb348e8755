/**
 * LiteLLM's StandardLoggingPayload, one record per call. Follows records captured from the LiteLLM proxy: failure and success of a request
 * share `trace_id` and `litellm_call_id`, the failure's `id` is the call id, the success's the provider's; only the first failed call has a
 * record; `stream` is null for plain calls; a stream that succeeds after a failure has the start of the whole request; the headers with the
 * number of retries (of the group that served) and fallbacks stand on plain successes only; `model_group` is the group that served.
 */
import { type AttemptTruth, litellmCounts, type RequestTruth, type TokenCounts } from '../truth.ts'

/**
 * USD per token from LiteLLM's price file (BerriAI/litellm model_prices_and_context_window.json, 2026-08-01); LiteLLM computes with floats,
 * and so does this.
 */
const prices: Readonly<Record<string, { input: number; cached: number; write: number; output: number }>> = {
  'gpt-4o': { input: 2.5e-6, cached: 1.25e-6, write: 0, output: 1e-5 },
  'gpt-4o-mini': { input: 1.5e-7, cached: 7.5e-8, write: 0, output: 6e-7 },
  'claude-sonnet-4-5': { input: 3e-6, cached: 3e-7, write: 3.75e-6, output: 1.5e-5 },
  'claude-haiku-4-5': { input: 1e-6, cached: 1e-7, write: 1.25e-6, output: 5e-6 },
}

/** The records of a request, without line breaks; none for a stream that the client left. */
export function renderLitellm(request: RequestTruth): string[] {
  if (request.attempts.length === 0) return [JSON.stringify(request.outcome === 'ok' ? cacheHit(request) : ownRefusal(request))]
  return request.attempts
    .filter(attempt => attempt.is_seen)
    .map(attempt => JSON.stringify(attempt.outcome === 'ok' ? success(request, attempt) : failure(request, attempt)))
}

interface CallFacts {
  id: string
  provider: string | null
  model: string
  group: string
  apiBase: string
  startMs: number
  endMs: number
  firstTokenMs: number
  tokens: TokenCounts | undefined
  cost: number
  headers: Record<string, string | number>
}

function success(request: RequestTruth, attempt: AttemptTruth) {
  const isRetried = attempt.attempt_no > 1
  const { retries, fallbacks } = litellmCounts(request)
  const price = prices[attempt.upstream_model]
  const { tokens } = attempt
  const plain = tokens.input_tokens - tokens.cached_input_tokens - tokens.cache_write_tokens
  const cost = price
    ? plain * price.input +
      tokens.cached_input_tokens * price.cached +
      tokens.cache_write_tokens * price.write +
      tokens.output_tokens * price.output
    : 0
  const facts: CallFacts = {
    ...placeOf(request, attempt),
    id: `chatcmpl-${request.trace_id.slice(0, 24)}`,
    startMs: request.is_stream && isRetried ? request.started_at : attempt.started_at,
    endMs: attempt.ended_at,
    firstTokenMs: request.is_stream && attempt.ttft_ms !== null ? attempt.started_at + attempt.ttft_ms : attempt.ended_at,
    tokens,
    cost,
    headers: request.is_stream
      ? {}
      : {
          'x-litellm-model-group': groupOf(request, attempt),
          'x-litellm-attempted-retries': retries,
          'x-litellm-attempted-fallbacks': fallbacks,
        },
  }
  return {
    ...record(request, facts),
    status: 'success',
    status_fields: { llm_api_status: 'success', guardrail_status: 'not_run' },
    cache_hit: request.is_stream ? false : null,
    error_str: null,
    error_information: { error_code: '', error_class: '', llm_provider: '', traceback: '', error_message: '' },
  }
}

function failure(request: RequestTruth, attempt: AttemptTruth) {
  const { code, name, message } = exceptionOf(attempt)
  const facts: CallFacts = {
    ...placeOf(request, attempt),
    id: request.request_id,
    startMs: attempt.started_at,
    endMs: attempt.ended_at,
    firstTokenMs: attempt.ended_at,
    tokens: undefined,
    cost: 0,
    headers: { 'content-type': 'application/json' },
  }
  return {
    ...record(request, facts),
    status: 'failure',
    status_fields: { llm_api_status: 'failure', guardrail_status: 'not_run' },
    cache_hit: false,
    error_str: `litellm.${name}: ${name}: ${message}`,
    error_information: {
      error_code: code,
      error_class: name,
      llm_provider: facts.provider,
      traceback: '',
      error_message: `litellm.${name}: ${name}: ${message}`,
      error_rate_limit_category: code === '429' ? 'vendor_rate_limit' : null,
      error_rate_limit_type: code === '429' ? 'requests' : null,
      normalized_error: code === '503' ? '503_PROVIDER_OVERLOADED' : null,
    },
  }
}

function ownRefusal(request: RequestTruth) {
  const isAuth = request.status_code === 401
  const name = isAuth ? 'ProxyException' : 'ProxyRateLimitError'
  const message = isAuth ? 'Authentication Error' : 'Rate limit exceeded for api_key'
  return {
    ...record(request, localFacts(request, request.request_id, undefined)),
    status: 'failure',
    status_fields: { llm_api_status: 'failure', guardrail_status: 'not_run' },
    cache_hit: false,
    model_id: null,
    error_str: message,
    error_information: {
      error_code: String(request.status_code),
      error_class: name,
      llm_provider: '',
      traceback: '',
      error_message: message,
      error_rate_limit_category: isAuth ? null : 'litellm_rate_limit',
      error_rate_limit_type: isAuth ? null : 'requests',
      normalized_error: null,
    },
  }
}

function cacheHit(request: RequestTruth) {
  return {
    ...record(request, localFacts(request, `chatcmpl-${request.trace_id.slice(0, 24)}`, request.cached_answer ?? undefined)),
    status: 'success',
    status_fields: { llm_api_status: 'success', guardrail_status: 'not_run' },
    cache_hit: true,
    cache_key: request.trace_id,
    custom_llm_provider: 'openai',
    error_str: null,
    error_information: { error_code: '', error_class: '', llm_provider: '', traceback: '', error_message: '' },
  }
}

function localFacts(request: RequestTruth, id: string, tokens: TokenCounts | undefined): CallFacts {
  return {
    id,
    provider: null,
    model: request.request_model,
    group: request.request_model,
    apiBase: '',
    startMs: request.started_at,
    endMs: request.ended_at,
    firstTokenMs: request.ended_at,
    tokens,
    cost: 0,
    headers: {},
  }
}

function placeOf(request: RequestTruth, attempt: AttemptTruth): Pick<CallFacts, 'provider' | 'model' | 'group' | 'apiBase'> {
  const isPool = attempt.upstream_kind === 'pool'
  const provider = isPool ? 'hosted_vllm' : attempt.upstream
  return {
    provider,
    model: `${provider}/${attempt.upstream_model}`,
    group: groupOf(request, attempt),
    apiBase: isPool ? `http://${attempt.endpoint}/v1` : `https://api.${attempt.upstream}.com/v1`,
  }
}

/** The group asked for, or the fallback's: a pool's group has the pool's name, a provider's that of its model. */
function groupOf(request: RequestTruth, attempt: AttemptTruth): string {
  if (attempt.upstream === request.attempts[0]?.upstream) return request.request_model
  return attempt.upstream_kind === 'pool' ? attempt.upstream : attempt.upstream_model
}

function exceptionOf(attempt: AttemptTruth): { code: string; name: string; message: string } {
  switch (attempt.error_class) {
    case 'timeout':
      return { code: '408', name: 'Timeout', message: 'Request timed out.' }
    case 'connect_or_reset':
      return { code: '500', name: 'APIConnectionError', message: 'Connection error.' }
    case 'provider_rate_limited':
      return { code: '429', name: 'RateLimitError', message: 'Rate limit reached' }
    case 'client_error':
      return { code: '400', name: 'ContextWindowExceededError', message: 'The prompt is longer than the model’s context.' }
    default:
      if (attempt.status_code === 503) return { code: '503', name: 'ServiceUnavailableError', message: 'overloaded' }
      return { code: String(attempt.status_code), name: 'InternalServerError', message: 'The server had an error.' }
  }
}

function record(request: RequestTruth, facts: CallFacts) {
  const { tokens } = facts
  const usage = tokens ? usageOf(tokens) : {}
  return {
    id: facts.id,
    litellm_call_id: request.request_id,
    trace_id: request.trace_id,
    session_id: '',
    call_type: 'acompletion',
    stream: request.is_stream ? true : null,
    custom_llm_provider: facts.provider,
    saved_cache_cost: 0,
    startTime: facts.startMs / 1000,
    endTime: facts.endMs / 1000,
    completionStartTime: facts.firstTokenMs / 1000,
    response_time: ((request.is_stream ? facts.firstTokenMs : facts.endMs) - facts.startMs) / 1000,
    model: facts.model,
    metadata: metadataOf(request, usage),
    cache_key: null,
    response_cost: facts.cost,
    total_tokens: tokens ? tokens.input_tokens + tokens.output_tokens : 0,
    prompt_tokens: tokens?.input_tokens ?? 0,
    completion_tokens: tokens?.output_tokens ?? 0,
    request_tags: [],
    end_user: request.user_id,
    api_base: facts.apiBase,
    model_group: facts.group,
    model_id: `deployment-${facts.group}`,
    requester_ip_address: request.client_ip,
    user_agent: 'OpenAI/Python 2.3.0',
    messages: 'redacted-by-litellm',
    response: 'redacted-by-litellm',
    model_parameters: { stream: request.is_stream },
    hidden_params: {
      model_id: `deployment-${facts.group}`,
      cache_key: null,
      api_base: facts.apiBase,
      response_cost: facts.cost,
      additional_headers: facts.headers,
      litellm_overhead_time_ms: null,
      batch_models: null,
      litellm_model_name: facts.model,
      usage_object: null,
    },
    model_map_information: { model_map_key: facts.model, model_map_value: null },
    guardrail_information: null,
    standard_built_in_tools_params: { web_search_options: null, file_search: null },
  }
}

function metadataOf(request: RequestTruth, usage: object) {
  return {
    user_api_key_hash: request.api_key_id,
    user_api_key_alias: request.api_key_id,
    user_api_key_team_id: request.claimed_tenant_id,
    user_api_key_team_alias: request.claimed_tenant_id.toUpperCase(),
    user_api_key_org_id: null,
    user_api_key_user_id: null,
    user_api_key_user_email: null,
    user_api_key_end_user_id: request.user_id,
    user_api_key_request_route: '/v1/chat/completions',
    spend_logs_metadata: null,
    requester_ip_address: request.client_ip,
    user_agent: 'OpenAI/Python 2.3.0',
    applied_guardrails: [],
    usage_object: usage,
    requester_custom_headers: {},
  }
}

function usageOf(tokens: TokenCounts) {
  return {
    completion_tokens: tokens.output_tokens,
    prompt_tokens: tokens.input_tokens,
    total_tokens: tokens.input_tokens + tokens.output_tokens,
    completion_tokens_details: { reasoning_tokens: tokens.reasoning_tokens },
    prompt_tokens_details: { audio_tokens: null, cached_tokens: tokens.cached_input_tokens },
    ...(tokens.cache_write_tokens > 0
      ? { cache_creation_input_tokens: tokens.cache_write_tokens, cache_read_input_tokens: tokens.cached_input_tokens }
      : {}),
  }
}

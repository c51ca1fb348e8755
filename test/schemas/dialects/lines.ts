/**
 * One plain successful line of each dialect, to be bent by tests: times on 2026-11-23, 900 input tokens (300 cached), 120 output tokens.
 */
type LineObject = Record<string, unknown>

/** Start of each of these lines. */
export const STARTED_AT = Date.parse('2026-11-23T17:26:13.303Z')

/** Weir's own, with the required fields and usage. */
export function canonicalLine(requestId: string, change: LineObject = {}): LineObject {
  return {
    tenant_id: 'dept-a',
    request_id: requestId,
    started_at: '2026-11-23T17:26:13.303Z',
    route: 'chat-interactive',
    request_model: 'chat-default',
    response_model: 'llama-3.1-8b',
    upstream_kind: 'pool',
    pool: 'llama-pool',
    status_code: 200,
    duration_ms: 812.5,
    input_tokens: 900,
    cached_input_tokens: 300,
    output_tokens: 120,
    ...change,
  }
}

/** Envoy AI Gateway: numbers as operators give them, header values as text. */
export function envoyLine(requestId: string, change: LineObject = {}): LineObject {
  return {
    start_time: '2026-11-23T17:26:13.303Z',
    method: 'POST',
    'x-envoy-origin-path': '/v1/chat/completions',
    protocol: 'HTTP/1.1',
    response_code: 200,
    response_flags: '-',
    response_code_details: 'via_upstream',
    bytes_received: 812,
    bytes_sent: 2310,
    duration: 1840,
    'x-envoy-upstream-service-time': '312',
    'x-forwarded-for': '203.0.113.9',
    'x-request-id': requestId,
    upstream_host: '10.8.1.12:8000',
    upstream_cluster: 'llama-pool',
    route_name: 'chat-interactive',
    'tenant.id': 'dept-a',
    upstream_request_attempt_count: 1,
    'gen_ai.request.model': 'chat-default',
    'gen_ai.response.model': 'llama-3.1-8b',
    'gen_ai.usage.input_tokens': '900',
    'gen_ai.usage.cached_input_tokens': '300',
    'gen_ai.usage.output_tokens': '120',
    ...change,
  }
}

/** LiteLLM's payload, cut to what callbacks always write. */
export function litellmLine(requestId: string, change: LineObject = {}): LineObject {
  return {
    id: `chatcmpl-${requestId}`,
    trace_id: requestId,
    litellm_call_id: `call-${requestId}`,
    call_type: 'acompletion',
    stream: null,
    status: 'success',
    status_fields: { llm_api_status: 'success', guardrail_status: 'not_run' },
    custom_llm_provider: 'openai',
    response_cost: 0.000135,
    prompt_tokens: 900,
    completion_tokens: 120,
    total_tokens: 1020,
    startTime: 1795454773.303,
    endTime: 1795454774.115,
    completionStartTime: 1795454774.115,
    model: 'gpt-4o-mini',
    model_group: 'chat',
    api_base: 'https://api.openai.com/v1/',
    metadata: {
      user_api_key_hash: 'hash-of-a-test-key',
      user_api_key_team_id: 'dept-a',
      user_api_key_request_route: '/v1/chat/completions',
      usage_object: { prompt_tokens: 900, completion_tokens: 120, prompt_tokens_details: { cached_tokens: 300 } },
    },
    cache_hit: null,
    end_user: 'user-7',
    requester_ip_address: '203.0.113.9',
    messages: [{ role: 'user', content: 'a prompt that must not be kept' }],
    response: { choices: [{ finish_reason: 'stop', message: { content: 'an answer that must not be kept' } }] },
    error_information: { error_code: '', error_class: '', llm_provider: '', error_message: '' },
    hidden_params: { api_base: 'https://api.openai.com/v1/', additional_headers: {} },
    model_map_information: { model_map_key: 'gpt-4o-mini', model_map_value: { input_cost_per_token: 1.5e-7 } },
    ...change,
  }
}

/** Kong's log object with one try. */
export function kongLine(requestId: string, change: LineObject = {}): LineObject {
  return {
    started_at: STARTED_AT,
    client_ip: '203.0.113.9',
    source: 'upstream',
    upstream_status: '200',
    workspace_name: 'default',
    tries: [{ ip: '34.128.142.77', port: 443, balancer_start: STARTED_AT + 4, balancer_latency: 0 }],
    request: { id: requestId, uri: '/v1/chat/completions', method: 'POST', size: 323, headers: { authorization: 'REDACTED' } },
    response: { status: 200, size: 1820 },
    latencies: { kong: 4, proxy: 700, request: 812, receive: 36 },
    consumer: { id: 'c-1', username: 'dept-a' },
    authenticated_entity: { id: 'k-1' },
    route: { id: 'rt-1', name: 'chat' },
    service: { id: 'sv-1', name: 'ai' },
    ai: {
      proxy: {
        meta: {
          plugin_id: 'p-1',
          provider_name: 'openai',
          request_model: 'gpt-4o',
          response_model: 'gpt-4o-2024-08-06',
          llm_latency: 690,
          request_mode: 'oneshot',
        },
        usage: {
          prompt_tokens: 900,
          prompt_tokens_details: { cached_tokens: 300 },
          completion_tokens: 120,
          completion_tokens_details: { reasoning_tokens: 40 },
          total_tokens: 1020,
          time_to_first_token: 281,
          cost: 0.0051,
        },
      },
    },
    ...change,
  }
}

/**
 * Kong's log object with the AI block, one per request. Follows Kong's documented log object and the derived case with two tries: `tries[]`
 * in order, `upstream_status` as text "503, 200", usage of the last try only, `cost` 0 because no price is configured, latencies in ms. A
 * request that a plugin refused before the AI proxy ran has no `ai` block, no tries and proxy latency -1.
 * The Kong service is named after the pool that it fronts.
 */
import { type AttemptTruth, type RequestTruth, reportedRequestId } from '../truth.ts'

/** The line of a request, without a line break. `service`: name of the Kong service of its route. */
export function renderKong(request: RequestTruth, service: string): string {
  const { attempts } = request
  const last = attempts.at(-1)
  const durationMs = request.ended_at - request.started_at
  const proxyMs = last ? last.ended_at - last.started_at : -1
  return JSON.stringify({
    workspace: 'b4a1e9a2',
    workspace_name: 'default',
    source: last ? 'upstream' : 'exit',
    upstream_uri: '/v1/chat/completions',
    upstream_status: attempts.map(attempt => attempt.status_code).join(', '),
    client_ip: request.client_ip,
    started_at: request.started_at,
    tries: attempts.map(tryOf),
    request: {
      id: reportedRequestId(request),
      uri: '/v1/chat/completions',
      url: 'http://kong:8000/v1/chat/completions',
      method: 'POST',
      size: request.request_bytes,
      headers: { 'user-agent': 'openai-node/5.1', authorization: 'REDACTED' },
      querystring: {},
    },
    response: { status: request.status_code, size: request.response_bytes, headers: { 'content-type': 'application/json' } },
    latencies: {
      kong: durationMs - Math.max(0, proxyMs),
      proxy: proxyMs,
      request: durationMs,
      receive: last?.ttft_ms ? proxyMs - last.ttft_ms : 0,
    },
    ...(request.auth_result === 'ok'
      ? { consumer: { id: request.tenant_id, username: request.tenant_id }, authenticated_entity: { id: request.api_key_id } }
      : {}),
    route: { id: `rt-${request.route}`, name: request.route },
    service: { id: `sv-${service}`, name: service, retries: 5 },
    ...(last ? { ai: { proxy: aiBlock(request, last) } } : {}),
  })
}

function tryOf(attempt: AttemptTruth, index: number, attempts: readonly AttemptTruth[]) {
  const split = attempt.endpoint.lastIndexOf(':')
  return {
    ip: attempt.endpoint.slice(0, split),
    port: Number(attempt.endpoint.slice(split + 1)),
    ...(attempt.upstream_kind === 'provider' ? { hostname: `api.${attempt.upstream}.com` } : {}),
    balancer_latency: 0,
    balancer_start: attempt.started_at,
    ...(index < attempts.length - 1 ? { code: attempt.status_code, state: 'failed' } : {}),
  }
}

function aiBlock(request: RequestTruth, last: AttemptTruth) {
  const { tokens } = last
  const latencyMs = last.ended_at - last.started_at
  return {
    meta: {
      plugin_id: '546c3856-24b3-469a-bd6c-f6083babd2cd',
      provider_name: last.upstream_kind === 'pool' ? 'llama2' : last.upstream,
      request_model: last.upstream_model,
      ...(last.response_model === '' ? {} : { response_model: last.response_model }),
      llm_latency: latencyMs,
      request_mode: request.is_stream ? 'stream' : 'oneshot',
    },
    ...(last.are_tokens_seen
      ? {
          usage: {
            prompt_tokens: tokens.input_tokens,
            prompt_tokens_details: { cached_tokens: tokens.cached_input_tokens, audio_tokens: 0 },
            completion_tokens: tokens.output_tokens,
            completion_tokens_details: { reasoning_tokens: tokens.reasoning_tokens },
            total_tokens: tokens.input_tokens + tokens.output_tokens,
            time_per_token: Math.round((latencyMs / Math.max(1, tokens.output_tokens)) * 100) / 100,
            ...(request.is_stream && last.ttft_ms !== null ? { time_to_first_token: last.ttft_ms } : {}),
            cost: 0,
          },
        }
      : {}),
  }
}

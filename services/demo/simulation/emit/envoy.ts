/**
 * Envoy's JSON access log, one line per request with the number of attempts and the last of them.
 * Fields, types and order follow a log recorded from Envoy 1.40 (header values are strings, also the token counts, which come in response
 * headers; operators are numbers; unset is null). Provider path, hosts attempted, latencies and flags of failures follow Envoy AI Gateway's
 * documented example and the cases derived from it. `pool`, `policy` and the x- headers are what an operator adds to the log format.
 */
import type { AttemptTruth, RequestTruth } from '../truth.ts'
import { quote } from './quote.ts'

/** The line of a request, without a line break. */
export function renderEnvoy(request: RequestTruth): string {
  const last = request.attempts.at(-1)
  const isAnswered = last?.are_tokens_seen === true
  const { code, flags, details } = endingOf(request, last)
  const tokens = last?.tokens
  const count = (value: number | undefined) => (isAnswered ? `"${value}"` : 'null')
  const stream = request.is_stream && request.ttft_ms !== null && isAnswered
  return (
    `{"bytes_received":${request.request_bytes},"bytes_sent":${request.response_bytes}` +
    `,"duration":${request.ended_at - request.started_at}` +
    `,"gen_ai.provider.name":${last ? quote(backendPath(request, last)) : 'null'}` +
    `,"gen_ai.request.model":${quote(request.request_model)}` +
    `,"gen_ai.response.model":${isAnswered && last ? quote(last.response_model) : 'null'}` +
    `,"gen_ai.usage.cache_creation_input_tokens":${count(tokens?.cache_write_tokens)}` +
    `,"gen_ai.usage.cached_input_tokens":${count(tokens?.cached_input_tokens)}` +
    `,"gen_ai.usage.input_tokens":${count(tokens?.input_tokens)},"gen_ai.usage.output_tokens":${count(tokens?.output_tokens)}` +
    `,"gen_ai.usage.reasoning_tokens":${count(tokens?.reasoning_tokens)},"method":"POST"` +
    `,"policy":${quote(request.policy)},"pool":${last?.upstream_kind === 'pool' ? quote(last.upstream) : 'null'},"protocol":"HTTP/1.1"` +
    `,"response_code":${code},"response_code_details":"${details}","response_flags":"${flags}","route_name":${quote(request.route)}` +
    `,"start_time":"${new Date(request.started_at).toISOString()}","tenant.id":${quote(request.claimed_tenant_id)}` +
    `,"token_latency_itl":${stream ? interTokenMs(request, last) : 'null'},"token_latency_ttft":${stream ? request.ttft_ms : 'null'}` +
    `,"upstream_cluster":${quote(`httproute/prod/${request.route}/rule/0`)},"upstream_host":${last ? quote(last.endpoint) : 'null'}` +
    `,"upstream_host_name":${last ? quote(hostName(last)) : 'null'}` +
    `,"upstream_hosts_attempted":${last ? `"${request.attempts.map(attempt => attempt.endpoint).join(',')}"` : 'null'}` +
    `,"upstream_request_attempt_count":${request.attempts.length},"user-agent":"openai-python/2.3"` +
    `,"x-api-key-id":${quote(request.api_key_id)}` +
    `,"x-envoy-origin-path":"/v1/chat/completions","x-envoy-upstream-service-time":${serviceTime(last)}` +
    `,"x-forwarded-for":${quote(request.client_ip)},"x-gateway-inference-objective":${quote(request.priority)}` +
    `,"x-request-id":"${request.request_id}","x-user-id":${quote(request.user_id)}}`
  )
}

function endingOf(request: RequestTruth, last: AttemptTruth | undefined): { code: number; flags: string; details: string } {
  const { status_code } = request
  if (request.outcome === 'ok') return { code: 200, flags: '-', details: 'via_upstream' }
  if (request.outcome === 'rejected') {
    if (status_code === 401) return { code: 401, flags: 'UAEX', details: 'ext_authz_denied' }
    return { code: status_code, flags: 'RL', details: 'request_rate_limited' }
  }
  if (request.outcome === 'cancelled') {
    return { code: request.ttft_ms === null ? 0 : 200, flags: 'DC', details: 'downstream_remote_disconnect' }
  }
  const isRetried = request.attempts.length > 1
  if (last?.error_class === 'timeout') return { code: 504, flags: isRetried ? 'URX,UT' : 'UT', details: 'response_timeout' }
  if (last?.error_class === 'no_capacity') return { code: 503, flags: 'UH', details: 'no_healthy_upstream' }
  if (last?.error_class === 'connect_or_reset') {
    return { code: 503, flags: isRetried ? 'URX,UC' : 'UC', details: 'upstream_reset_before_response_started' }
  }
  if (isRetried) return { code: status_code, flags: 'URX', details: 'upstream_response_retry_limit_exceeded' }
  return { code: status_code, flags: '-', details: 'via_upstream' }
}

/** Envoy AI Gateway's name of the backend that served last; the number after ref/ is its place in the fallback order. */
function backendPath(request: RequestTruth, last: AttemptTruth): string {
  let index = 0
  for (const attempt of request.attempts) if (attempt.is_fallback) index++
  return `prod/${last.upstream}/route/${request.route}/rule/0/ref/${index}`
}

/** A host known by name logs its name, an address logs itself. */
function hostName(attempt: AttemptTruth): string {
  return attempt.upstream_kind === 'provider' ? `api.${attempt.upstream}.com:443` : attempt.endpoint
}

function serviceTime(last: AttemptTruth | undefined): string {
  if (last === undefined || last.error_class === 'timeout' || last.error_class === 'connect_or_reset') return 'null'
  return `"${last.ttft_ms ?? last.ended_at - last.started_at}"`
}

function interTokenMs(request: RequestTruth, last: AttemptTruth | undefined): string {
  const gaps = Math.max(1, (last?.tokens.output_tokens ?? 1) - 1)
  return ((request.ended_at - request.started_at - (request.ttft_ms ?? 0)) / gaps).toFixed(2)
}

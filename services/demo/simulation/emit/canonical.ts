/** Weir's own lines: one per attempt, with the column names of schemas/attempt.ts. A request without attempts has one line of its own. */
import type { AttemptContent } from '../../../../schemas/attempt.ts'
import { type AttemptTruth, NO_TOKENS, type RequestTruth } from '../truth.ts'

/** The lines of a request, without line breaks. */
export function renderCanonical(request: RequestTruth): string[] {
  if (request.attempts.length === 0) return [JSON.stringify(withoutAttempt(request))]
  return request.attempts.map((attempt, index) => JSON.stringify(attemptLine(request, attempt, index === request.attempts.length - 1)))
}

function shared(request: RequestTruth) {
  return {
    tenant_id: request.claimed_tenant_id,
    api_key_id: request.api_key_id,
    user_id: request.user_id,
    request_id: request.request_id,
    trace_id: request.trace_id,
    gateway: request.gateway,
    route: request.route,
    operation: 'chat',
    request_model: request.request_model,
    priority: request.priority,
    policy: request.policy,
    is_stream: request.is_stream,
    prompt_hash: request.prompt_hash,
    request_bytes: request.request_bytes,
    client_ip_prefix: request.client_ip.replace(/\.\d+$/, '.0/24'),
    response_cache: request.response_cache,
    auth_result: request.auth_result,
    attempts_reported: request.attempts.length,
  } satisfies Partial<AttemptContent>
}

function withoutAttempt(request: RequestTruth): Partial<AttemptContent> {
  return {
    ...shared(request),
    attempt_no: 1,
    started_at: request.started_at,
    ended_at: request.ended_at,
    duration_ms: request.ended_at - request.started_at,
    status_code: request.status_code,
    outcome: request.outcome,
    error_class: request.error_class,
    finish_reason: request.finish_reason,
    response_bytes: request.response_bytes,
    ...(request.cached_answer ?? NO_TOKENS),
    usage_quality: 'reported',
  }
}

function attemptLine(request: RequestTruth, attempt: AttemptTruth, isLast: boolean): Partial<AttemptContent> {
  const isPool = attempt.upstream_kind === 'pool'
  return {
    ...shared(request),
    attempt_no: attempt.attempt_no,
    started_at: attempt.started_at,
    ended_at: attempt.ended_at,
    ttft_ms: request.is_stream ? attempt.ttft_ms : null,
    duration_ms: attempt.ended_at - attempt.started_at,
    upstream_ms: attempt.ended_at - attempt.started_at,
    queue_ms: attempt.queue_ms,
    response_model: attempt.response_model,
    upstream_kind: attempt.upstream_kind,
    provider: isPool ? '' : attempt.upstream,
    pool: isPool ? attempt.upstream : '',
    endpoint: attempt.endpoint,
    region: attempt.region,
    status_code: attempt.status_code,
    outcome: attempt.outcome,
    error_class: attempt.error_class,
    is_retry: attempt.is_retry,
    is_fallback: attempt.is_fallback,
    fallback_from: attempt.fallback_from,
    finish_reason: isLast ? request.finish_reason : '',
    response_bytes: isLast ? request.response_bytes : 0,
    ...(attempt.are_tokens_seen ? attempt.tokens : {}),
    usage_quality: attempt.are_tokens_seen ? (attempt.outcome === 'ok' ? 'reported' : 'estimated') : 'missing',
  }
}

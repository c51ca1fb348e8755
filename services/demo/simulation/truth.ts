/**
 * What really happened, per request and attempt. All counts are integers, all times whole milliseconds since 1970 UTC.
 * Token convention as in schemas/attempt.ts: input includes cached and cache-write tokens, output includes reasoning.
 */
import type { AttemptContent } from '../../../schemas/attempt.ts'
import type { Dialect } from './platform-model.ts'

/** Tokens by kind. */
export interface TokenCounts {
  input_tokens: number
  cached_input_tokens: number
  cache_write_tokens: number
  output_tokens: number
  reasoning_tokens: number
}

/** One call to one upstream. */
export interface AttemptTruth {
  /** Position within the request, from 1. */
  attempt_no: number
  upstream_kind: 'pool' | 'provider'
  /** Name of the pool or provider. */
  upstream: string
  /** ip:port. */
  endpoint: string
  region: string
  /** Model asked of the upstream, and the model that answered ('' when none did). */
  upstream_model: string
  response_model: string
  started_at: number
  ended_at: number
  /** From the start of the attempt to its first token; null: there was none. */
  ttft_ms: number | null
  /** Time waiting inside the model server; null: a provider, or never admitted. */
  queue_ms: number | null
  /** A timeout is 504, a broken connection 503, a client that left 499. */
  status_code: number
  outcome: AttemptContent['outcome']
  error_class: AttemptContent['error_class']
  is_retry: boolean
  is_fallback: boolean
  /** Upstream that was left. */
  fallback_from: string
  /** What the upstream processed, whoever learns of it. */
  tokens: TokenCounts
  /** The gateway's log has a record of this attempt on its own; otherwise it is at most counted. */
  is_seen: boolean
  /** The log tells this attempt's tokens; otherwise it is silent about them. */
  are_tokens_seen: boolean
}

/** What a client asked for once. */
export interface RequestTruth {
  request_id: string
  trace_id: string
  /** Who is charged; of a caller whom the gateway refused at the door nobody, under the name that stands for that. */
  tenant_id: string
  /** The tenant that the caller says it is. */
  claimed_tenant_id: string
  api_key_id: string
  user_id: string
  client_ip: string
  gateway: string
  dialect: Dialect
  route: string
  policy: string
  request_model: string
  priority: string
  is_stream: boolean
  prompt_hash: string
  /** The request whose prompt its client sends again; empty: none. */
  resend_of: string
  request_bytes: number
  response_bytes: number
  started_at: number
  ended_at: number
  /** From the request's start to its first token; null: not a stream, or none came. */
  ttft_ms: number | null
  status_code: number
  outcome: AttemptContent['outcome']
  error_class: AttemptContent['error_class']
  finish_reason: '' | 'stop' | 'length'
  auth_result: 'ok' | 'invalid' | 'revoked' | 'denied'
  response_cache: '' | 'hit' | 'miss'
  /** Tokens of an answer out of the gateway's cache; null otherwise. No upstream worked for them. */
  cached_answer: TokenCounts | null
  /** In order of start; empty: rejected by the gateway or answered from its cache. */
  attempts: AttemptTruth[]
}

/** Tokens of an attempt that used none. */
export const NO_TOKENS: TokenCounts = Object.freeze({
  input_tokens: 0,
  cached_input_tokens: 0,
  cache_write_tokens: 0,
  output_tokens: 0,
  reasoning_tokens: 0,
})

/**
 * Marks what the dialect of the request shows of its attempts.
 * canonical: every attempt; tokens of answered ones and, counted by the gateway, of those the client left.
 * envoy: one line, the last attempt; tokens if it was answered. kong: every attempt has a try; tokens of the answered last one.
 * litellm: the first failed call and the answered one, never the failures between (as recorded: one failure record per trace),
 * and no record of a stream that the client left.
 */
export function markSeen(request: RequestTruth): void {
  const { attempts, dialect } = request
  let isFailureRecorded = false
  for (let index = 0; index < attempts.length; index++) {
    const attempt = attempts[index] as AttemptTruth
    const isLast = index === attempts.length - 1
    const isOk = attempt.outcome === 'ok'
    const isCancelled = attempt.outcome === 'cancelled'
    switch (dialect) {
      case 'canonical':
        attempt.is_seen = true
        attempt.are_tokens_seen = isOk || isCancelled
        break
      case 'envoy':
        attempt.is_seen = isLast
        attempt.are_tokens_seen = isLast && isOk
        break
      case 'kong':
        attempt.is_seen = true
        attempt.are_tokens_seen = isLast && isOk
        break
      case 'litellm':
        attempt.is_seen = isOk || (!isFailureRecorded && !isCancelled)
        attempt.are_tokens_seen = isOk
        if (!isOk && !isCancelled) isFailureRecorded = true
        break
    }
  }
}

/** What the lines of a request say about it. */
export interface Knowable {
  /** False: the log has no line of this request at all. */
  is_seen: boolean
  /** Rows that a reader of the lines gets: attempts with a record of their own, or one for a request without attempts. */
  rows: number
  /** Upstream attempts that the lines tell or count. */
  attempts: number
  /** Of those, attempts without a row. */
  unseen_attempts: number
}

/** What the lines of a request say about it; what no line says is not in it. */
export function knowableOf(request: RequestTruth): Knowable {
  const total = request.attempts.length
  if (total === 0) return { is_seen: true, rows: 1, attempts: 0, unseen_attempts: 0 }
  let seen = 0
  for (const attempt of request.attempts) if (attempt.is_seen) seen++
  const counted = request.dialect === 'envoy' ? total : Math.max(seen, litellmCounted(request))
  return { is_seen: seen > 0, rows: seen, attempts: counted, unseen_attempts: counted - seen }
}

/** Attempts that the headers on a plain LiteLLM success add up to: one, the retries in the group that served, and the fallbacks. */
function litellmCounted(request: RequestTruth): number {
  if (request.dialect !== 'litellm' || request.is_stream || request.outcome !== 'ok') return 0
  const { retries, fallbacks } = litellmCounts(request)
  return 1 + retries + fallbacks
}

/** What LiteLLM counts on a success: retries in the group that served, and fallbacks before it. */
export function litellmCounts(request: RequestTruth): { retries: number; fallbacks: number } {
  let retries = 0
  let fallbacks = 0
  for (const attempt of request.attempts) {
    if (attempt.is_fallback) {
      fallbacks++
      retries = 0
    } else if (attempt.is_retry) retries++
  }
  return { retries, fallbacks }
}

/** The request's id as a reader of its lines finds it: LiteLLM joins calls by trace, Kong writes its id without dashes. */
export function reportedRequestId(request: RequestTruth): string {
  if (request.dialect === 'litellm') return request.trace_id
  return request.dialect === 'kong' ? request.request_id.replaceAll('-', '') : request.request_id
}

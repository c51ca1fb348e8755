import { type AttemptTruth, knowableOf, type RequestTruth, type TokenCounts } from './truth.ts'

/** What the sums can be grouped by. `upstream` and `response_model` are those of the attempt; requests count at their last one. */
export type TruthKey =
  | 'tenant_id'
  | 'gateway'
  | 'route'
  | 'request_model'
  | 'upstream_kind'
  | 'upstream'
  | 'response_model'
  | 'window_start'

/** `upstream`: everything that happened. `reported`: only what the gateways' lines tell. */
export type TruthBasis = 'upstream' | 'reported'

/** One row of sums; all integers. */
export interface TruthRow extends TokenCounts {
  /** The values of `groupBy`, in its order; '' where a request has no attempt. */
  key: readonly string[]
  requests: number
  successful_requests: number
  /** Calls to upstreams, each where it went; on the basis `reported` those with a record of their own. */
  attempts: number
  /** All calls of a request, at its last one; on the basis `reported` those that the lines tell or count. */
  attempts_reported: number
  /** Rows that a reader of the lines gets: attempts with a record of their own, and one for a request that has none. */
  rows: number
  /** Counted by a gateway but without a record of their own. */
  unseen_attempts: number
  retries: number
  fallbacks: number
  retried_requests: number
  fallback_requests: number
  response_cache_hits: number
  response_cache_hit_tokens: number
}

/** How to sum up. */
export interface AggregateOptions {
  groupBy: readonly TruthKey[]
  basis: TruthBasis
  filter?: (request: RequestTruth) => boolean
}

/**
 * Sums over requests, one row per combination of the keys, ordered by key. Requests without any line are left out on the basis `reported`.
 */
export function aggregateTruth(requests: Iterable<RequestTruth>, options: AggregateOptions): TruthRow[] {
  const rows = new Map<string, TruthRow>()
  const rowOf = (request: RequestTruth, attempt: AttemptTruth | undefined): TruthRow => {
    const key = options.groupBy.map(name => keyOf(name, request, attempt, options.basis))
    const id = JSON.stringify(key)
    let row = rows.get(id)
    if (row === undefined) {
      row = emptyRow(key)
      rows.set(id, row)
    }
    return row
  }
  for (const request of requests) {
    if (options.filter && !options.filter(request)) continue
    addRequest(request, options.basis, rowOf)
  }
  return [...rows.values()].sort((a, b) => compareKeys(a.key, b.key))
}

function addRequest(
  request: RequestTruth,
  basis: TruthBasis,
  rowOf: (request: RequestTruth, attempt: AttemptTruth | undefined) => TruthRow,
): void {
  const isReported = basis === 'reported'
  const knowable = knowableOf(request)
  if (isReported && !knowable.is_seen) return
  const shown = isReported ? request.attempts.filter(attempt => attempt.is_seen) : request.attempts
  const last = shown.at(-1)
  const row = rowOf(request, last)
  row.requests++
  if (isReported ? (last === undefined ? request.outcome === 'ok' : last.outcome === 'ok') : request.outcome === 'ok')
    row.successful_requests++
  if (shown.length > 1) row.retried_requests++
  if (shown[0]?.upstream !== last?.upstream) row.fallback_requests++
  if (request.response_cache === 'hit' && request.cached_answer) {
    row.response_cache_hits++
    row.response_cache_hit_tokens += request.cached_answer.input_tokens + request.cached_answer.output_tokens
  }
  row.attempts_reported += isReported ? knowable.attempts : request.attempts.length
  if (isReported) row.unseen_attempts += knowable.unseen_attempts
  if (shown.length === 0) row.rows++
  for (const attempt of shown) {
    const target = rowOf(request, attempt)
    target.attempts++
    target.rows++
    if (attempt.is_retry) target.retries++
    if (attempt.is_fallback) target.fallbacks++
    if (!isReported || attempt.are_tokens_seen) addTokens(target, attempt.tokens)
  }
}

/** Adds counts to a sum in place. */
export function addTokens(sum: TokenCounts, tokens: TokenCounts): void {
  sum.input_tokens += tokens.input_tokens
  sum.cached_input_tokens += tokens.cached_input_tokens
  sum.cache_write_tokens += tokens.cache_write_tokens
  sum.output_tokens += tokens.output_tokens
  sum.reasoning_tokens += tokens.reasoning_tokens
}

function keyOf(name: TruthKey, request: RequestTruth, attempt: AttemptTruth | undefined, basis: TruthBasis): string {
  switch (name) {
    case 'route':
      // LiteLLM's records name the path, not a route.
      return basis === 'reported' && request.dialect === 'litellm' ? '/v1/chat/completions' : request.route
    case 'upstream_kind':
    case 'upstream':
    case 'response_model':
      return attempt?.[name] ?? ''
    case 'window_start':
      return String(Math.floor(request.started_at / 60_000) * 60_000)
    default:
      return request[name]
  }
}

function emptyRow(key: readonly string[]): TruthRow {
  return {
    key,
    requests: 0,
    successful_requests: 0,
    attempts: 0,
    attempts_reported: 0,
    rows: 0,
    unseen_attempts: 0,
    retries: 0,
    fallbacks: 0,
    retried_requests: 0,
    fallback_requests: 0,
    response_cache_hits: 0,
    response_cache_hit_tokens: 0,
    input_tokens: 0,
    cached_input_tokens: 0,
    cache_write_tokens: 0,
    output_tokens: 0,
    reasoning_tokens: 0,
  }
}

function compareKeys(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < a.length; index++) {
    const left = a[index] as string
    const right = b[index] as string
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}

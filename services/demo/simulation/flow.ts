/** A request on its way through a gateway, and the attempt under way for it. */
import type { Engine } from './engine.ts'
import type { EngineJob } from './engine-job.ts'
import type { ProviderPlan } from './provider.ts'
import type { RequestDraw } from './tenant-arrivals.ts'
import type { TimeoutLane } from './timeout-lane.ts'
import { type AttemptTruth, NO_TOKENS, type RequestTruth, type TokenCounts } from './truth.ts'
import type { Backend, ResolvedRoute } from './upstreams.ts'

/** A request on its way through a gateway. */
export interface Flow {
  request: RequestTruth
  draw: RequestDraw
  route: ResolvedRoute<Call>
  tier: number
  triesAtTier: number
  call: Call | undefined
  isDone: boolean
}

/** An attempt under way. */
export interface Call {
  flow: Flow
  attempt: AttemptTruth
  /** What the answer will cost if it comes whole. */
  tokens: TokenCounts
  /** Name that the upstream will answer with. */
  responseModel: string
  engine: Engine<Call> | undefined
  job: EngineJob<Call> | undefined
  plan: ProviderPlan | undefined
  lane: TimeoutLane<Call> | undefined
  slot: number
}

/** Begins the next attempt of a request at `backend` and writes it down. */
export function startCall(flow: Flow, backend: Backend<Call>, atMs: number): Call {
  const { attempts } = flow.request
  const previous = attempts.at(-1)
  const isFallback = previous !== undefined && flow.triesAtTier === 0
  const attempt: AttemptTruth = {
    attempt_no: attempts.length + 1,
    upstream_kind: backend.kind,
    upstream: backend.config.upstream,
    endpoint: '',
    region: backend.kind === 'pool' ? backend.pool.config.region : '',
    upstream_model: backend.config.model,
    response_model: '',
    started_at: Math.round(atMs),
    ended_at: 0,
    ttft_ms: null,
    queue_ms: null,
    status_code: 0,
    outcome: 'ok',
    error_class: '',
    is_retry: previous !== undefined && !isFallback,
    is_fallback: isFallback,
    fallback_from: isFallback ? previous.upstream : '',
    tokens: { ...NO_TOKENS },
    is_seen: false,
    are_tokens_seen: false,
  }
  attempts.push(attempt)
  return {
    flow,
    attempt,
    tokens: NO_TOKENS,
    responseModel: '',
    engine: undefined,
    job: undefined,
    plan: undefined,
    lane: undefined,
    slot: 0,
  }
}

/** Ends an attempt with its result. */
export function endCall(
  call: Call,
  status: number,
  outcome: AttemptTruth['outcome'],
  errorClass: AttemptTruth['error_class'],
  atMs: number,
): void {
  const { attempt, job } = call
  strikeTimeout(call)
  call.flow.call = undefined
  attempt.ended_at = Math.round(atMs)
  attempt.status_code = status
  attempt.outcome = outcome
  attempt.error_class = errorClass
  if (job !== undefined && !Number.isNaN(job.admittedAtMs)) attempt.queue_ms = Math.round(job.admittedAtMs - job.submittedAtMs)
}

/** Takes the attempt's time limit back. */
export function strikeTimeout(call: Call): void {
  call.lane?.strike(call.slot)
  call.lane = undefined
}

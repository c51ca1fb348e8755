/** What the gateways do with a request: limits, cache, attempts, retries, fallbacks, time limits, clients that leave. */

import { RESERVED_TENANTS } from '../../../schemas/attempt.ts'
import type { EngineListener } from './engine.ts'
import { EngineJob } from './engine-job.ts'
import type { EventQueue } from './event-queue.ts'
import { type Call, endCall, type Flow, startCall, strikeTimeout } from './flow.ts'
import type { RetryPolicy, TenantConfig } from './platform-model.ts'
import { RandomStream } from './random.ts'
import type { RequestDraw } from './tenant-arrivals.ts'
import { TimeoutLane } from './timeout-lane.ts'
import { TokenBucket } from './token-bucket.ts'
import { type AttemptTruth, markSeen, NO_TOKENS, type RequestTruth } from './truth.ts'
import type { Backend, ResolvedRoute } from './upstreams.ts'

/** Something that happens at its time. */
export type SimulatedEvent = (atMs: number) => void

/** Told of every request that has ended. */
export type FinishedRequest = (request: RequestTruth, draw: RequestDraw, route: ResolvedRoute<Call>) => void

/** Time the gateway itself needs to refuse a request or to answer it from its cache. */
const LOCAL_ANSWER_MS = 3
/** Time until a model server refuses a request that is too long for it. */
const TOO_LONG_MS = 8

/** The gateways' state. */
export class Gateways implements EngineListener<Call> {
  /** Requests that have arrived and not finished. */
  inFlight = 0
  /** One lane per length of time limit. */
  readonly lanes: TimeoutLane<Call>[] = []
  private readonly events: EventQueue<SimulatedEvent>
  private readonly limits: ReadonlyMap<string, TokenBucket>
  private readonly random: RandomStream
  private readonly splitting: RandomStream
  private readonly onFinishedRequest: FinishedRequest
  private turn = 0

  constructor(
    tenants: readonly TenantConfig[],
    seed: number,
    startMs: number,
    events: EventQueue<SimulatedEvent>,
    onFinishedRequest: FinishedRequest,
  ) {
    this.events = events
    this.random = new RandomStream(seed, 'gateways/backoff')
    this.splitting = new RandomStream(seed, 'gateways/split')
    this.onFinishedRequest = onFinishedRequest
    const limit = (perMinute: number) => new TokenBucket(perMinute, Math.max(20, perMinute / 6), startMs)
    this.limits = new Map(tenants.map(tenant => [tenant.tenant_id, limit(tenant.rate_limit_per_minute)]))
  }

  /** Takes a request that has just arrived. */
  arrive(request: RequestTruth, draw: RequestDraw, route: ResolvedRoute<Call>, atMs: number): void {
    const flow: Flow = { request, draw, route, tier: 0, triesAtTier: 0, call: undefined, isDone: false }
    this.inFlight++
    if (draw.is_auth_failure) {
      request.auth_result = 'invalid'
      request.tenant_id = RESERVED_TENANTS.unauthenticated
      this.answerLocally(flow, 401, 'auth', atMs)
    } else if (!this.limits.get(request.tenant_id)?.take(1, atMs)) {
      this.answerLocally(flow, 429, 'gateway_rejected', atMs)
    } else if (draw.is_in_response_cache) {
      request.response_cache = 'hit'
      request.cached_answer = { ...NO_TOKENS, input_tokens: draw.input_tokens, output_tokens: draw.output_tokens }
      this.answerLocally(flow, 200, '', atMs)
    } else {
      if (draw.cancel_after_ms < Number.POSITIVE_INFINITY) this.events.push(atMs + draw.cancel_after_ms, at => this.cancel(flow, at))
      this.dispatch(flow, atMs)
    }
  }

  onFirstToken(job: EngineJob<Call>, atMs: number): void {
    const call = job.owner
    this.recordFirstToken(call, atMs)
    // The limit covers a stream only up to its first token.
    if (call.flow.request.is_stream) strikeTimeout(call)
  }

  onFinished(job: EngineJob<Call>, atMs: number): void {
    this.succeed(job.owner, atMs)
  }

  onLost(job: EngineJob<Call>, atMs: number): void {
    const call = job.owner
    call.attempt.tokens = { ...NO_TOKENS }
    this.fail(call, 503, 'connect_or_reset', atMs)
  }

  /** Gives up the attempt whose time limit has come. */
  timeOut(call: Call, atMs: number): void {
    this.takeTokensSoFar(call, atMs)
    this.fail(call, 504, 'timeout', atMs)
  }

  private dispatch(flow: Flow, atMs: number): void {
    if (flow.isDone) return
    const tier = flow.route.tiers[flow.tier] as Backend<Call>[]
    const backend = this.pick(tier)
    const call = startCall(flow, backend, atMs)
    flow.call = call
    flow.triesAtTier++
    if (backend.kind === 'pool') this.sendToPool(call, backend, atMs)
    else this.sendToProvider(call, backend, atMs)
  }

  /** Backends with weights by chance, others in turn. */
  private pick(tier: readonly Backend<Call>[]): Backend<Call> {
    const weights = tier.map(({ config }) => config.weight ?? 0)
    const all = weights.reduce((sum, weight) => sum + weight, 0)
    if (all === 0) return tier[tier.length === 1 ? 0 : this.turn++ % tier.length] as Backend<Call>
    let left = this.splitting.unit() * all
    const index = weights.findIndex(weight => {
      left -= weight
      return left < 0
    })
    return tier.at(index) as Backend<Call>
  }

  private sendToPool(call: Call, backend: Extract<Backend<Call>, { kind: 'pool' }>, atMs: number): void {
    const { draw, route } = call.flow
    const { pool } = backend
    const engine = pool.leastLoaded()
    if (engine === undefined) {
      this.fail(call, 503, 'no_capacity', atMs)
      return
    }
    call.attempt.endpoint = engine.endpoint
    call.responseModel = backend.config.model
    const cached = Math.min(draw.input_tokens - 1, draw.reusable_tokens - (draw.reusable_tokens % 16))
    call.tokens = {
      ...NO_TOKENS,
      input_tokens: draw.input_tokens,
      cached_input_tokens: Math.max(0, cached),
      output_tokens: draw.output_tokens,
    }
    if (draw.input_tokens + draw.output_tokens > pool.config.max_model_tokens) {
      this.events.push(atMs + TOO_LONG_MS, at => this.failIfOpen(call, 400, 'client_error', at))
      return
    }
    call.engine = engine
    const isFirst = pool.config.first_priority === call.flow.request.priority
    call.job = new EngineJob(call, draw.input_tokens, call.tokens.cached_input_tokens, draw.output_tokens, draw.is_cut_off, isFirst)
    call.lane = this.laneFor(route.config.policy.per_try_timeout_ms)
    call.slot = call.lane.add(call, atMs)
    engine.submit(call.job, atMs)
  }

  private sendToProvider(call: Call, backend: Extract<Backend<Call>, { kind: 'provider' }>, atMs: number): void {
    const { draw, request, route } = call.flow
    const { provider, model } = backend
    call.attempt.endpoint = provider.config.address
    call.attempt.region = provider.config.region
    call.responseModel = model.response_model
    call.tokens = provider.count(model, draw.input_tokens, draw.reusable_tokens, draw.output_tokens, draw.reasoning_tokens)
    const plan = provider.plan(model, call.tokens, atMs)
    call.plan = plan
    const deadlineMs = atMs + route.config.policy.per_try_timeout_ms
    const limitedMs =
      plan.kind === 'hangs' ? Number.POSITIVE_INFINITY : plan.kind === 'answers' && request.is_stream ? plan.firstTokenAtMs : plan.endAtMs
    if (limitedMs > deadlineMs) {
      this.events.push(deadlineMs, at => {
        if (call.flow.call === call) this.timeOut(call, at)
      })
    } else if (plan.kind === 'fails') {
      this.events.push(plan.endAtMs, at => this.failIfOpen(call, plan.status, errorClassOf(plan.status), at))
    } else if (plan.kind === 'answers') {
      this.events.push(plan.endAtMs, at => {
        if (call.flow.call === call) this.succeed(call, at)
      })
    }
  }

  private succeed(call: Call, atMs: number): void {
    const { attempt, flow } = call
    const { request, draw } = flow
    if (call.plan?.kind === 'answers') this.recordFirstToken(call, call.plan.firstTokenAtMs)
    attempt.tokens = call.tokens
    attempt.response_model = call.responseModel
    endCall(call, 200, 'ok', '', atMs)
    request.finish_reason = draw.is_cut_off ? 'length' : 'stop'
    request.response_bytes = request.is_stream ? 240 + 180 * draw.output_tokens : 420 + 4 * draw.output_tokens
    this.finish(flow, 200, 'ok', '', atMs)
  }

  private failIfOpen(call: Call, status: number, errorClass: AttemptTruth['error_class'], atMs: number): void {
    if (call.flow.call === call) this.fail(call, status, errorClass, atMs)
  }

  private fail(call: Call, status: number, errorClass: AttemptTruth['error_class'], atMs: number): void {
    const { flow } = call
    endCall(call, status, 'error', errorClass, atMs)
    const policy = flow.route.config.policy
    // A stream that has begun cannot be tried again: the client already has a part of it.
    const hasBegun = flow.request.is_stream && call.attempt.ttft_ms !== null
    if (hasBegun || !policy.retry_on.includes(status)) this.finish(flow, status, 'error', errorClass, atMs)
    else if (flow.triesAtTier < policy.max_attempts_per_priority) {
      this.events.push(atMs + this.backoffMs(policy, flow.triesAtTier), at => this.dispatch(flow, at))
    } else if (policy.is_fallback_on && flow.tier + 1 < flow.route.tiers.length) {
      flow.tier++
      flow.triesAtTier = 0
      this.dispatch(flow, atMs)
    } else this.finish(flow, status, 'error', errorClass, atMs)
  }

  private cancel(flow: Flow, atMs: number): void {
    if (flow.isDone) return
    const { call } = flow
    if (call !== undefined) {
      if (call.plan?.kind === 'answers' && call.plan.firstTokenAtMs <= atMs) this.recordFirstToken(call, call.plan.firstTokenAtMs)
      this.takeTokensSoFar(call, atMs)
      endCall(call, 499, 'cancelled', 'client_cancelled', atMs)
    }
    this.finish(flow, 499, 'cancelled', 'client_cancelled', atMs)
  }

  /** Whatever the upstream has done of the answer; stops it from doing more. */
  private takeTokensSoFar(call: Call, atMs: number): void {
    const { engine, job, plan, tokens } = call
    if (engine !== undefined && job !== undefined) {
      call.attempt.tokens = { ...NO_TOKENS, ...engine.used(job, atMs) }
      engine.abort(job, atMs)
    } else if (plan?.kind === 'answers' && plan.firstTokenAtMs <= atMs) {
      const done = (atMs - plan.firstTokenAtMs) / Math.max(1, plan.endAtMs - plan.firstTokenAtMs)
      const output = Math.max(1, Math.min(tokens.output_tokens, Math.floor(tokens.output_tokens * done)))
      call.attempt.tokens = { ...tokens, output_tokens: output, reasoning_tokens: Math.min(output, tokens.reasoning_tokens) }
    }
  }

  private recordFirstToken(call: Call, atMs: number): void {
    const { attempt, flow } = call
    if (flow.isDone) return
    attempt.ttft_ms = Math.max(0, Math.round(atMs) - attempt.started_at)
    if (flow.request.is_stream) flow.request.ttft_ms = Math.max(0, Math.round(atMs) - flow.request.started_at)
  }

  private answerLocally(flow: Flow, status: number, errorClass: AttemptTruth['error_class'], atMs: number): void {
    if (status === 200) flow.request.finish_reason = 'stop'
    const outcome = status === 200 ? 'ok' : 'rejected'
    flow.request.response_bytes = status === 200 ? 420 + 4 * flow.draw.output_tokens : 160
    this.events.push(atMs + LOCAL_ANSWER_MS, at => this.finish(flow, status, outcome, errorClass, at))
  }

  private finish(
    flow: Flow,
    status: number,
    outcome: RequestTruth['outcome'],
    errorClass: RequestTruth['error_class'],
    atMs: number,
  ): void {
    const { request } = flow
    flow.isDone = true
    flow.call = undefined
    request.ended_at = Math.round(atMs)
    request.status_code = status
    request.outcome = outcome
    request.error_class = errorClass
    if (outcome === 'error') request.response_bytes = 180
    markSeen(request)
    this.inFlight--
    this.onFinishedRequest(request, flow.draw, flow.route)
  }

  private backoffMs(policy: RetryPolicy, tries: number): number {
    return policy.backoff_ms * 2 ** (tries - 1) * (0.5 + this.random.unit())
  }

  private laneFor(timeoutMs: number): TimeoutLane<Call> {
    let lane = this.lanes.find(candidate => candidate.timeoutMs === timeoutMs)
    if (lane === undefined) {
      lane = new TimeoutLane(timeoutMs)
      this.lanes.push(lane)
    }
    return lane
  }
}

function errorClassOf(status: number): AttemptTruth['error_class'] {
  if (status === 429) return 'provider_rate_limited'
  return status === 529 ? 'provider_overloaded' : 'provider_error'
}

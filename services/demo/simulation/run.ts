/**
 * A discrete-event simulation of an LLM platform. The same seed and settings give the same requests to the last byte,
 * however the time is stepped.
 */
import { SECOND } from '../../platform/clock.ts'
import type { EngineReading } from './engine-reading.ts'
import { EventQueue } from './event-queue.ts'
import type { Call } from './flow.ts'
import { Gateways, type SimulatedEvent } from './gateway.ts'
import { GpuMeter, type GpuReading } from './gpu-meter.ts'
import type { PhaseStarted, PlannedIncident } from './incident.ts'
import type { PlatformConfig, TenantConfig } from './platform-model.ts'
import { readTraces } from './read-traces.ts'
import { buildResends } from './resends.ts'
import { type RequestDraw, TenantArrivals } from './tenant-arrivals.ts'
import type { RequestTruth } from './truth.ts'
import { buildUpstreams, type ResolvedRoute } from './upstreams.ts'

/** Settings of a simulation; times are ms since 1970 UTC. */
export interface SimulationConfig {
  seed: number
  startMs: number
  platform: PlatformConfig
  incidents?: readonly PlannedIncident[]
  /** Model servers are read every `scrapeEveryMs` (default 15 s), from `liveAtMs` on every `liveScrapeEveryMs` (default 5 s). */
  scrapeEveryMs?: number
  liveAtMs?: number
  liveScrapeEveryMs?: number
}

/** Everything that happened since the last step, each list in order of time. */
export interface SimulationOutput {
  untilMs: number
  /** Requests that finished, with all they did. */
  requests: RequestTruth[]
  /** Readings of the model servers that were up. */
  scrapes: EngineReading[]
  /** Readings of all model servers' GPUs, at the same times. */
  gpuScrapes: GpuReading[]
  phases: PhaseStarted[]
}

/** A running simulation. */
export interface Simulation {
  readonly nowMs: number
  /** Requests that arrived so far, and those of them that have not finished. */
  readonly arrived: number
  readonly inFlight: number
  /** Plays everything up to and including `timeMs`. */
  advanceTo(timeMs: number): SimulationOutput
  /** Stops arrivals and scrapes and plays until every request has finished. */
  drain(): SimulationOutput
}

/**
 * Builds a simulation at its start time; nothing has happened yet. Reads the shipped traces. Throws a RangeError where the platform's data
 * does not fit together.
 */
export function openSimulation(config: SimulationConfig): Simulation {
  return new PlatformSimulation(config)
}

class PlatformSimulation implements Simulation {
  nowMs: number
  arrived = 0
  private readonly config: SimulationConfig
  private readonly events = new EventQueue<SimulatedEvent>()
  private readonly gateways: Gateways
  private readonly upstreams: ReturnType<typeof buildUpstreams<Call>>
  private readonly engines
  private readonly gpuMeter: GpuMeter
  private output: SimulationOutput
  private isDraining = false

  constructor(config: SimulationConfig) {
    const { seed, startMs, platform, incidents = [] } = config
    this.config = config
    this.nowMs = startMs
    this.output = emptyOutput(startMs)
    const resendOf = buildResends(platform.tenants, seed)
    this.gateways = new Gateways(platform.tenants, seed, startMs, this.events, (request, draw, route) => {
      this.output.requests.push(request)
      const again = resendOf(request, draw)
      if (again) this.events.push(request.ended_at + again.afterMs, atMs => this.arrive(again.draw, request, route, atMs))
    })
    this.upstreams = buildUpstreams(platform, incidents, seed, startMs, this.gateways)
    this.engines = [...this.upstreams.pools.values()].flatMap(pool => pool.engines)
    this.gpuMeter = new GpuMeter(startMs)
    const traces = readTraces()
    for (const tenant of platform.tenants) this.planArrivals(new TenantArrivals(tenant, traces, incidents, seed, startMs))
    for (const incident of incidents) this.planIncident(incident)
    this.planScrape(startMs)
  }

  get inFlight(): number {
    return this.gateways.inFlight
  }

  advanceTo(timeMs: number): SimulationOutput {
    while (this.playNext(timeMs)) {
      // Each turn plays one event.
    }
    this.nowMs = Math.max(this.nowMs, timeMs)
    return this.takeOutput()
  }

  drain(): SimulationOutput {
    this.isDraining = true
    while (this.inFlight > 0 && this.playNext(Number.POSITIVE_INFINITY)) {
      // Each turn plays one event.
    }
    return this.takeOutput()
  }

  /** Plays the earliest event if it is due by `untilMs`. Equal times: events first, then engines in their order, then time limits. */
  private playNext(untilMs: number): boolean {
    let nextMs = this.events.nextTime
    let source = -1
    const { engines } = this
    for (let index = 0; index < engines.length; index++) {
      const atMs = engines[index]?.nextAtMs as number
      if (atMs < nextMs) {
        nextMs = atMs
        source = index
      }
    }
    const { lanes } = this.gateways
    let lane = -1
    for (let index = 0; index < lanes.length; index++) {
      const atMs = lanes[index]?.nextAtMs as number
      if (atMs < nextMs) {
        nextMs = atMs
        lane = index
      }
    }
    if (nextMs > untilMs || nextMs === Number.POSITIVE_INFINITY) return false
    this.nowMs = Math.max(this.nowMs, nextMs)
    if (lane >= 0) {
      const call = lanes[lane]?.shift()
      if (call !== undefined) this.gateways.timeOut(call, nextMs)
    } else if (source >= 0) engines[source]?.step()
    else this.events.pop()?.(nextMs)
    return true
  }

  private planArrivals(arrivals: TenantArrivals): void {
    const { tenant } = arrivals
    const gateway = this.config.platform.gateways.find(candidate => candidate.name === tenant.gateway)
    if (gateway === undefined) throw new RangeError(`tenant ${tenant.tenant_id} stands behind an unknown gateway ${tenant.gateway}`)
    const arrive: SimulatedEvent = atMs => {
      if (this.isDraining) return
      const draw = arrivals.draw()
      const route = this.upstreams.routes.get(draw.route)
      if (route === undefined) throw new RangeError(`tenant ${tenant.tenant_id} uses an unknown route ${draw.route}`)
      this.events.push(arrivals.nextAfter(atMs), arrive)
      this.arrive(draw, { gateway: gateway.name, dialect: gateway.dialect, ...sentBy(tenant) }, route, atMs)
    }
    this.events.push(arrivals.nextAfter(this.config.startMs), arrive)
  }

  private arrive(draw: RequestDraw, sender: Sender, route: ResolvedRoute<Call>, atMs: number): void {
    if (this.isDraining) return
    this.arrived++
    this.gateways.arrive(newRequest(draw, sender, route, atMs), draw, route, atMs)
  }

  private planIncident(incident: PlannedIncident): void {
    const { start_ms, script } = incident
    for (const phase of script.phases) {
      const startedAt = start_ms + phase.at_ms
      if (startedAt < this.config.startMs) continue
      this.events.push(startedAt, () => this.output.phases.push({ ...phase, started_at: startedAt, incident: script.name }))
    }
    for (const effect of script.effects) {
      if (effect.kind !== 'engine-restart' && effect.kind !== 'engine-speed') continue
      const engine = this.upstreams.pools.get(effect.pool)?.engines[effect.engine]
      if (engine === undefined) throw new RangeError(`pool ${effect.pool} has no engine ${effect.engine}`)
      if (effect.kind === 'engine-speed') {
        this.events.push(start_ms + effect.from_ms, atMs => engine.setSpeed(effect.speed, atMs))
        this.events.push(start_ms + effect.to_ms, atMs => engine.setSpeed(1, atMs))
        continue
      }
      this.events.push(start_ms + effect.from_ms, atMs => engine.stop(atMs))
      this.events.push(start_ms + effect.to_ms, atMs => engine.start(atMs))
    }
  }

  private planScrape(atMs: number): void {
    const { liveAtMs = Number.POSITIVE_INFINITY, scrapeEveryMs = 15 * SECOND, liveScrapeEveryMs = 5 * SECOND } = this.config
    const everyMs = atMs >= liveAtMs ? liveScrapeEveryMs : scrapeEveryMs
    this.events.push(atMs + everyMs, now => {
      if (this.isDraining) return
      for (const engine of this.engines) {
        if (engine.isUp) this.output.scrapes.push(engine.read(now))
        this.output.gpuScrapes.push(this.gpuMeter.read(engine, now))
      }
      this.planScrape(now)
    })
  }

  private takeOutput(): SimulationOutput {
    const { output } = this
    output.untilMs = this.nowMs
    this.output = emptyOutput(this.nowMs)
    return output
  }
}

function emptyOutput(untilMs: number): SimulationOutput {
  return { untilMs, requests: [], scrapes: [], gpuScrapes: [], phases: [] }
}

type Sender = Pick<RequestTruth, 'tenant_id' | 'gateway' | 'dialect' | 'priority' | 'response_cache'>

function sentBy({ tenant_id, priority, response_cache_share }: TenantConfig): Omit<Sender, 'gateway' | 'dialect'> {
  return { tenant_id, priority, response_cache: response_cache_share > 0 ? 'miss' : '' }
}

function newRequest(draw: RequestDraw, sender: Sender, route: ResolvedRoute<Call>, atMs: number): RequestTruth {
  const { tenant_id, gateway, dialect, priority, response_cache } = sender
  return {
    request_id: draw.request_id,
    trace_id: draw.trace_id,
    tenant_id,
    claimed_tenant_id: tenant_id,
    api_key_id: draw.api_key_id,
    user_id: draw.user_id,
    client_ip: draw.client_ip,
    gateway,
    dialect,
    route: route.config.name,
    policy: route.config.policy.name,
    request_model: route.config.request_model,
    priority,
    is_stream: draw.is_stream,
    prompt_hash: draw.prompt_hash,
    resend_of: draw.resend_of,
    request_bytes: 260 + 4 * draw.input_tokens,
    response_bytes: 0,
    started_at: Math.round(atMs),
    ended_at: 0,
    ttft_ms: null,
    status_code: 0,
    outcome: 'ok',
    error_class: '',
    finish_reason: '',
    auth_result: 'ok',
    response_cache,
    cached_answer: null,
    attempts: [],
  }
}

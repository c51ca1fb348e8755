/**
 * When a tenant's requests come and what they ask for. Everything about a request is drawn here, so that faults elsewhere do not change the
 * demand.
 */
import { MINUTE } from '../../platform/clock.ts'
import type { PlannedIncident } from './incident.ts'
import type { TenantConfig } from './platform-model.ts'
import { RandomStream } from './random.ts'
import type { ArrivalWindow, TokenSample, Traces } from './read-traces.ts'

/** Unless the tenant says otherwise. */
const WINDOW_MS = 2 * MINUTE
/** Share of answers that end by their length limit. */
const CUT_OFF_SHARE = 0.05
/** Mean time after which a client that leaves has left. */
const CANCEL_AFTER_MS = 3_000

/** What one request asks for. */
export interface RequestDraw {
  request_id: string
  trace_id: string
  route: string
  api_key_id: string
  user_id: string
  client_ip: string
  input_tokens: number
  /** Leading input tokens that an upstream may have seen before. */
  reusable_tokens: number
  output_tokens: number
  /** Part of the output that a reasoning model spends on reasoning. */
  reasoning_tokens: number
  is_stream: boolean
  is_cut_off: boolean
  /** When the client leaves, ms after the request's start; Infinity: it stays. */
  cancel_after_ms: number
  is_auth_failure: boolean
  is_in_response_cache: boolean
  /** Tells equal prompts: what is sent again has it again. */
  prompt_hash: string
  /** The request that this one sends again, the first of them; empty: it is the first. And which time it is. */
  resend_of: string
  resend_no: number
}

/** The arrival process of one tenant: Gamma inter-arrival times with the rate and burstiness of the trace's present window. */
export class TenantArrivals {
  readonly tenant: TenantConfig
  private readonly timing: RandomStream
  private readonly draws: RandomStream
  private readonly ids: RandomStream
  private readonly windows: readonly ArrivalWindow[]
  private readonly meanRatio: number
  private readonly firstWindow: number
  private readonly startMs: number
  private readonly samples: readonly TokenSample[] | undefined
  private readonly reasoning: Traces['reasoning']
  private readonly surges: { fromMs: number; toMs: number; factor: number }[]

  constructor(tenant: TenantConfig, traces: Traces, incidents: readonly PlannedIncident[], seed: number, startMs: number) {
    this.tenant = tenant
    this.timing = new RandomStream(seed, `tenant/${tenant.tenant_id}/arrivals`)
    this.draws = new RandomStream(seed, `tenant/${tenant.tenant_id}/requests`)
    this.ids = new RandomStream(seed, `tenant/${tenant.tenant_id}/ids`)
    this.windows = traces.arrivals[tenant.arrivals]
    this.meanRatio = this.windows.reduce((sum, window) => sum + window.rate_ratio, 0) / this.windows.length
    this.firstWindow = this.timing.below(this.windows.length)
    this.startMs = startMs
    this.samples = tenant.tokens === 'servegen-reasoning' ? undefined : traces.tokens[tenant.tokens]
    this.reasoning = traces.reasoning
    this.surges = incidents.flatMap(({ start_ms, script }) =>
      script.effects.flatMap(effect =>
        effect.kind === 'tenant-surge' && effect.tenant_id === tenant.tenant_id
          ? [{ fromMs: start_ms + effect.from_ms, toMs: start_ms + effect.to_ms, factor: effect.factor }]
          : [],
      ),
    )
  }

  /** Time of the arrival after `atMs`. */
  nextAfter(atMs: number): number {
    const played = Math.floor((atMs - this.startMs) / (this.tenant.arrival_window_ms ?? WINDOW_MS))
    const window = this.windows[(this.firstWindow + played) % this.windows.length] as ArrivalWindow
    const perMs = (this.tenant.requests_per_s * window.rate_ratio * this.surgeAt(atMs)) / this.meanRatio / 1000
    return atMs + this.timing.gamma(window.cv) / perMs
  }

  /** Draws the request that arrives now. Takes the same number of random values whatever comes out. */
  draw(): RequestDraw {
    const { tenant, draws } = this
    const tokens = this.drawTokens()
    const user = draws.below(tenant.users)
    const isCancelled = draws.chance(tenant.cancel_share)
    const cancelAfterMs = draws.exponential(CANCEL_AFTER_MS)
    const isStream = draws.chance(tenant.stream_share)
    const ids = newIds(this.ids)
    return {
      ...ids,
      prompt_hash: this.promptOf(ids.request_id),
      resend_of: '',
      resend_no: 0,
      route: this.drawRoute(draws.unit()),
      api_key_id: tenant.api_keys[draws.below(tenant.api_keys.length)] as string,
      user_id: `${tenant.tenant_id}-user-${user}`,
      client_ip: `198.51.100.${user % 250}`,
      ...tokens,
      is_stream: isStream,
      is_cut_off: draws.chance(CUT_OFF_SHARE),
      cancel_after_ms: isStream && isCancelled ? cancelAfterMs : Number.POSITIVE_INFINITY,
      is_auth_failure: draws.chance(tenant.auth_failure_share),
      is_in_response_cache: draws.chance(tenant.response_cache_share),
    }
  }

  private drawTokens(): Pick<RequestDraw, 'input_tokens' | 'reusable_tokens' | 'output_tokens' | 'reasoning_tokens'> {
    const { draws, tenant } = this
    const first = draws.unit()
    const second = draws.unit()
    const third = draws.unit()
    const isReused = draws.chance(tenant.cached_prompt_share)
    const reusedShare = 0.4 + 0.5 * draws.unit()
    if (this.samples === undefined) {
      const { input_tokens, output_tokens, reasoning_shares } = this.reasoning
      const output = at(output_tokens, second)
      const input = at(input_tokens, first)
      const reusable = isReused ? Math.floor(input * reusedShare) : 0
      return {
        input_tokens: input,
        reusable_tokens: reusable,
        output_tokens: output,
        reasoning_tokens: Math.floor(output * at(reasoning_shares, third)),
      }
    }
    const sample = at(this.samples, first)
    const reusable =
      tenant.tokens === 'mooncake-synthetic' ? sample.reused_tokens : isReused ? Math.floor(sample.input_tokens * reusedShare) : 0
    return { input_tokens: sample.input_tokens, reusable_tokens: reusable, output_tokens: sample.output_tokens, reasoning_tokens: 0 }
  }

  private promptOf(requestId: string): string {
    const { repeated_prompts, tenant_id } = this.tenant
    if (repeated_prompts === undefined) return requestId.slice(0, 8) + requestId.slice(-12)
    return `${tenant_id}-prompt-${this.draws.below(repeated_prompts)}`
  }

  private drawRoute(unit: number): string {
    const { routes } = this.tenant
    let left = unit
    for (const { route, share } of routes) {
      left -= share
      if (left < 0) return route
    }
    return routes.at(-1)?.route ?? ''
  }

  private surgeAt(atMs: number): number {
    const { surge } = this.tenant
    let factor = surge !== undefined && (atMs - this.startMs) % surge.every_ms < surge.for_ms ? surge.factor : 1
    for (const { fromMs, toMs, factor: extra } of this.surges) if (atMs >= fromMs && atMs < toMs) factor *= extra
    return factor
  }
}

function at<Value>(values: readonly Value[], unit: number): Value {
  return values[Math.floor(unit * values.length)] as Value
}

const HEX16 = Array.from({ length: 65_536 }, (_, value) => value.toString(16).padStart(4, '0'))

function hex(ids: RandomStream, words: number): string {
  let text = ''
  for (let word = 0; word < words; word++) {
    const value = ids.uint32()
    text += (HEX16[value >>> 16] as string) + (HEX16[value & 0xffff] as string)
  }
  return text
}

/** Ids of a request. */
export function newIds(ids: RandomStream): Pick<RequestDraw, 'request_id' | 'trace_id'> {
  return { request_id: uuid(ids), trace_id: hex(ids, 4) }
}

/** A version 4 UUID (RFC 9562) from the stream. */
function uuid(ids: RandomStream): string {
  const a = ids.uint32()
  const b = ids.uint32()
  const c = ids.uint32()
  const version = 0x4000 | (b & 0x0fff)
  const variant = 0x8000 | ((c >>> 16) & 0x3fff)
  return `${HEX16[a >>> 16]}${HEX16[a & 0xffff]}-${HEX16[b >>> 16]}-${HEX16[version]}-${HEX16[variant]}-${HEX16[c & 0xffff]}${hex(ids, 1)}`
}

/** An external API: latency from a log-normal model, rate limits, everyday failures and those of an incident. */
import type { IncidentEffect, PlannedIncident } from './incident.ts'
import type { ProviderConfig, ProviderModelConfig } from './platform-model.ts'
import type { RandomStream } from './random.ts'
import { TokenBucket } from './token-bucket.ts'
import type { TokenCounts } from './truth.ts'

/** Latency of a refusal. */
const REJECTION_MS = 60
/** OpenAI and Anthropic cache prompts from 1,024 tokens on; OpenAI in steps of 128 (their prompt-caching guides). */
const CACHE_MINIMUM_TOKENS = 1024
const OPENAI_CACHE_STEP_TOKENS = 128

/** How a call to a provider goes, known from its start. `hangs`: no answer ever. */
export type ProviderPlan =
  | { kind: 'answers'; firstTokenAtMs: number; endAtMs: number }
  | { kind: 'fails'; status: number; endAtMs: number }
  | { kind: 'hangs' }

type Fault = Extract<IncidentEffect, { kind: 'provider-fails' }>
type Slowness = Extract<IncidentEffect, { kind: 'provider-slow' }>
type Dated<Effect> = { effect: Effect; fromMs: number; toMs: number }

/** The provider's state. */
export class Provider {
  readonly config: ProviderConfig
  private readonly random: RandomStream
  private readonly requests: TokenBucket
  private readonly tokens: TokenBucket
  private readonly faults: Dated<Fault>[] = []
  private readonly slowness: Dated<Slowness>[] = []

  constructor(config: ProviderConfig, incidents: readonly PlannedIncident[], startMs: number, random: RandomStream) {
    this.config = config
    this.random = random
    this.requests = new TokenBucket(config.requests_per_minute, config.requests_per_minute / 6, startMs)
    this.tokens = new TokenBucket(config.tokens_per_minute, config.tokens_per_minute / 3, startMs)
    for (const { start_ms, script } of incidents) {
      for (const effect of script.effects) {
        const dates = { fromMs: start_ms + effect.from_ms, toMs: start_ms + effect.to_ms }
        if (effect.kind === 'provider-fails' && effect.provider === config.name) this.faults.push({ effect, ...dates })
        if (effect.kind === 'provider-slow' && effect.provider === config.name) this.slowness.push({ effect, ...dates })
      }
    }
  }

  /** The model of that name; the platform's data must have it. */
  model(name: string): ProviderModelConfig {
    const model = this.config.models.find(candidate => candidate.model === name)
    if (model === undefined) throw new RangeError(`provider ${this.config.name} has no model ${name}`)
    return model
  }

  /** Decides at its start how a call goes. Takes the same number of random values whatever happens. */
  plan(model: ProviderModelConfig, tokens: TokenCounts, atMs: number): ProviderPlan {
    const { config, random } = this
    const luck = random.unit()
    const manner = random.unit()
    const ttftMs = random.logNormal(model.ttft_median_ms, model.ttft_sigma)
    const tokensPerS = random.logNormal(model.tokens_per_s, model.tokens_per_s_sigma)
    const fault = activeAt(this.faults, atMs)
    if (fault !== undefined && luck < fault.share) {
      if (manner < fault.timeout_share) return { kind: 'hangs' }
      return { kind: 'fails', status: pick(fault.statuses, manner), endAtMs: atMs + config.error_latency_ms * (0.5 + manner) }
    }
    if (!this.requests.take(1, atMs) || !this.tokens.take(tokens.input_tokens + tokens.output_tokens, atMs)) {
      return { kind: 'fails', status: 429, endAtMs: atMs + REJECTION_MS * (0.5 + manner) }
    }
    if (1 - luck < config.error_share) {
      return { kind: 'fails', status: pick(config.error_statuses, manner), endAtMs: atMs + config.error_latency_ms * (0.5 + manner) }
    }
    const factor = activeAt(this.slowness, atMs)?.factor ?? 1
    const uncached = tokens.input_tokens - tokens.cached_input_tokens
    const firstTokenAtMs = atMs + (ttftMs + uncached * model.ttft_per_input_token_ms) * factor
    return { kind: 'answers', firstTokenAtMs, endAtMs: firstTokenAtMs + ((tokens.output_tokens - 1) * 1000 * factor) / tokensPerS }
  }

  /** Tokens by kind as this provider counts them; `reusable` input tokens had been sent before. */
  count(model: ProviderModelConfig, input: number, reusable: number, output: number, reasoning: number): TokenCounts {
    const isCacheable = reusable >= CACHE_MINIMUM_TOKENS
    const isOpenai = this.config.name === 'openai'
    return {
      input_tokens: input,
      cached_input_tokens: isCacheable ? (isOpenai ? reusable - (reusable % OPENAI_CACHE_STEP_TOKENS) : reusable) : 0,
      // Anthropic's clients mark the whole prompt as cacheable: what was not read is written, if the prompt is long enough.
      cache_write_tokens: !isOpenai && isCacheable ? input - reusable : 0,
      output_tokens: Math.max(1, Math.round(output * (model.output_factor ?? 1))),
      reasoning_tokens: model.does_reason ? reasoning : 0,
    }
  }
}

function activeAt<Effect>(dated: readonly Dated<Effect>[], atMs: number): Effect | undefined {
  for (const { effect, fromMs, toMs } of dated) if (atMs >= fromMs && atMs < toMs) return effect
  return undefined
}

function pick(values: readonly number[], unit: number): number {
  return values[Math.floor(unit * 7919) % values.length] as number
}

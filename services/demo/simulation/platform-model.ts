/**
 * What a simulated platform consists of, as data. Rates are per second or minute of simulated time; all shares are 0 to 1.
 * `scalePlatform` makes the same platform bigger.
 */
import type { ArrivalSeries, TokenTrace } from './read-traces.ts'

/** Log formats a simulated gateway can write. */
export type Dialect = 'canonical' | 'envoy' | 'litellm' | 'kong'

/** A gateway: one process, one log, one dialect. */
export interface GatewayConfig {
  name: string
  dialect: Dialect
}

/** Where a route may send a request. Backends of equal priority take turns; a higher number is a fallback. */
export interface BackendConfig {
  priority: number
  /** Part of the attempts of its priority that it gets, by chance, of the sum of them all; undefined everywhere: they take turns. */
  weight?: number
  upstream_kind: 'pool' | 'provider'
  /** Name of the pool or provider. */
  upstream: string
  /** Model asked of that upstream. */
  model: string
}

/** When an attempt is given up and tried again. */
export interface RetryPolicy {
  name: string
  max_attempts_per_priority: number
  /** Statuses that are tried again, or left for the next priority; a timeout counts as 504, a broken connection as 503. */
  retry_on: readonly number[]
  /** Limit for the first token of a stream, for the whole answer otherwise. */
  per_try_timeout_ms: number
  /** Mean pause before a further attempt at the same priority; doubles with each. */
  backoff_ms: number
  is_fallback_on: boolean
}

/** A named route of a gateway. */
export interface RouteConfig {
  name: string
  gateway: string
  request_model: string
  policy: RetryPolicy
  backends: readonly BackendConfig[]
}

/** A group of identical model servers that serve one model. Speeds are of one engine. */
export interface PoolConfig {
  name: string
  /** Model name as the servers report it. */
  model: string
  region: string
  /** host:port of each engine. */
  endpoints: readonly string[]
  gpus_per_engine: number
  /** As the GPU exporter names it. */
  gpu_model: string
  running_limit: number
  kv_capacity_tokens: number
  /** Longest input plus output a request may have; at most the KV capacity. */
  max_model_tokens: number
  prefill_tokens_per_s: number
  /** Time of one decode iteration: base + per_request × requests in decode. */
  iteration_base_ms: number
  iteration_per_request_ms: number
  /** Factor on the iteration time while a prompt is being prefilled beside it. */
  prefill_slowdown: number
  /**
   * Prompts that are prefilled at once at most; undefined: as many as fit. A step's batch holds so many tokens (vLLM's
   * max_num_batched_tokens).
   */
  prompts_at_once?: number
  /** Requests of this priority class are admitted before all others; undefined: first come first served. */
  first_priority?: string
}

/** A model of an external provider. */
export interface ProviderModelConfig {
  model: string
  /** Name the provider answers with. */
  response_model: string
  ttft_median_ms: number
  ttft_sigma: number
  /** Time to first token added per uncached input token. */
  ttft_per_input_token_ms: number
  tokens_per_s: number
  tokens_per_s_sigma: number
  does_reason: boolean
  /** Its answers are so many times as long as the trace has them; 1 unless told. */
  output_factor?: number
}

/** An external API. */
export interface ProviderConfig {
  name: 'openai' | 'anthropic'
  api_base: string
  /** ip:port as a gateway logs it. */
  address: string
  region: string
  models: readonly ProviderModelConfig[]
  requests_per_minute: number
  tokens_per_minute: number
  /** Everyday failures. */
  error_share: number
  error_statuses: readonly number[]
  error_latency_ms: number
}

/** A share of a tenant's requests that goes to one route. */
export interface RouteShare {
  route: string
  share: number
}

/** Who sends requests. A tenant stands behind one gateway. */
export interface TenantConfig {
  tenant_id: string
  gateway: string
  requests_per_s: number
  arrivals: ArrivalSeries
  /** Simulated time that one ten-minute window of the arrival trace is played in; 2 min unless told, so that a short demo shows several. */
  arrival_window_ms?: number
  tokens: TokenTrace
  routes: readonly RouteShare[]
  stream_share: number
  /** Prompts that begin as an earlier one did (traces without their own reuse counts). */
  cached_prompt_share: number
  priority: string
  api_keys: readonly string[]
  users: number
  rate_limit_per_minute: number
  /** Streams that the client leaves before their end. */
  cancel_share: number
  auth_failure_share: number
  response_cache_share: number
  /** Prompts that this tenant sends again and again, all of its requests being one of so many; undefined: each is another. */
  repeated_prompts?: number
  /** Clients that send again what failed or was refused with 429: so often at most, each after so long on average. */
  resends?: { most: number; after_ms: number }
  /** A noisy neighbour's rhythm: every `every_ms` the rate is `factor` times as high for `for_ms`. */
  surge?: { every_ms: number; for_ms: number; factor: number }
}

/** A whole platform. */
export interface PlatformConfig {
  gateways: readonly GatewayConfig[]
  routes: readonly RouteConfig[]
  pools: readonly PoolConfig[]
  providers: readonly ProviderConfig[]
  tenants: readonly TenantConfig[]
}

/** The same platform `factor` times as big: rates, limits and the engines' capacity grow, latencies stay. */
export function scalePlatform(platform: PlatformConfig, factor: number): PlatformConfig {
  return {
    ...platform,
    pools: platform.pools.map(pool => ({
      ...pool,
      running_limit: Math.max(1, Math.round(pool.running_limit * factor)),
      kv_capacity_tokens: Math.max(pool.max_model_tokens, Math.round(pool.kv_capacity_tokens * factor)),
      prefill_tokens_per_s: pool.prefill_tokens_per_s * factor,
      iteration_per_request_ms: pool.iteration_per_request_ms / factor,
    })),
    providers: platform.providers.map(provider => ({
      ...provider,
      requests_per_minute: provider.requests_per_minute * factor,
      tokens_per_minute: provider.tokens_per_minute * factor,
    })),
    tenants: platform.tenants.map(tenant => ({
      ...tenant,
      requests_per_s: tenant.requests_per_s * factor,
      rate_limit_per_minute: tenant.rate_limit_per_minute * factor,
    })),
  }
}

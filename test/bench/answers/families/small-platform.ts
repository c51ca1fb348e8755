/** A platform small enough to play in seconds: one gateway that logs every attempt, a provider, a pool, tenants of the two. */
import { defaultPlatform } from '../../../../services/demo/simulation/default-platform.ts'
import type { PlatformConfig, PoolConfig, RetryPolicy, TenantConfig } from '../../../../services/demo/simulation/platform-model.ts'

const [tenant] = defaultPlatform.tenants as [TenantConfig]
const [pool] = defaultPlatform.pools as [PoolConfig]
/** The pool's model. */
export const POOL_MODEL = pool.model

/** A tenant whose requests all take one route, with nothing unusual about them. */
export function tenantOf(tenant_id: string, route: string, requests_per_s: number, facts: Partial<TenantConfig> = {}): TenantConfig {
  return {
    ...tenant,
    tenant_id,
    gateway: 'weir',
    requests_per_s,
    routes: [{ route, share: 1 }],
    api_keys: [`${tenant_id}-key`],
    users: 20,
    rate_limit_per_minute: 100_000,
    auth_failure_share: 0,
    cancel_share: 0,
    ...facts,
  }
}

/** A pool of `engines` engines of the demo's kind. */
export function poolOf(name: string, engines: number, facts: Partial<PoolConfig> = {}): PoolConfig {
  return {
    ...pool,
    name,
    endpoints: Array.from({ length: engines }, (_, index) => `10.30.1.${index + 1}:8000`),
    kv_capacity_tokens: 90_000,
    ...facts,
  }
}

/** A policy with its tries and whether it falls back. */
export function policyOf(name: string, facts: Partial<RetryPolicy> = {}): RetryPolicy {
  return {
    name,
    max_attempts_per_priority: 1,
    retry_on: [429, 500, 502, 503, 504, 529],
    per_try_timeout_ms: 30_000,
    backoff_ms: 250,
    is_fallback_on: false,
    ...facts,
  }
}

/** Route `assistant` to openai, falling back to the pool where its policy does; route `chat` to the pool. */
export function smallPlatform(parts: {
  readonly pool: PoolConfig
  readonly assistant: RetryPolicy
  readonly chat: RetryPolicy
  readonly tenants: readonly TenantConfig[]
}): PlatformConfig {
  const provider = { priority: 0, upstream_kind: 'provider', upstream: 'openai', model: 'gpt-4o-mini' } as const
  const own = { priority: 0, upstream_kind: 'pool', upstream: parts.pool.name, model: parts.pool.model } as const
  return {
    gateways: [{ name: 'weir', dialect: 'canonical' }],
    routes: [
      {
        name: 'assistant',
        gateway: 'weir',
        request_model: 'gpt-4o-mini',
        policy: parts.assistant,
        backends: [provider, { ...own, priority: 1 }],
      },
      { name: 'chat', gateway: 'weir', request_model: parts.pool.model, policy: parts.chat, backends: [own] },
    ],
    pools: [parts.pool],
    providers: defaultPlatform.providers.map(one => ({ ...one, requests_per_minute: 1e6, tokens_per_minute: 1e9, error_share: 0.002 })),
    tenants: parts.tenants,
  }
}

/** Numbers from a seed, 0 to 1, in order: choices of a scenario that do not hang on the simulation's own draws. */
export function drawsOf(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0
  return () => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * The platform of the demo: four gateways of different make, two GPU pools, two providers, eight tenants; about 8 requests a second.
 * Names of tenants are fictional; addresses are from private and documentation ranges; model names are those of LiteLLM's price file.
 */
import { MINUTE, SECOND } from '../../platform/clock.ts'
import { defaultTenants } from './default-tenants.ts'
import type { PlatformConfig, PoolConfig, ProviderConfig, RetryPolicy, RouteConfig } from './platform-model.ts'

const interactive: RetryPolicy = {
  name: 'interactive',
  max_attempts_per_priority: 2,
  retry_on: [429, 500, 502, 503, 504, 529],
  per_try_timeout_ms: 20 * SECOND,
  backoff_ms: 250,
  is_fallback_on: true,
}
const patient: RetryPolicy = {
  ...interactive,
  name: 'patient',
  max_attempts_per_priority: 3,
  per_try_timeout_ms: MINUTE,
  backoff_ms: SECOND,
}
const once: RetryPolicy = {
  ...interactive,
  name: 'once',
  max_attempts_per_priority: 1,
  per_try_timeout_ms: 2 * MINUTE,
  is_fallback_on: false,
}

const LLAMA = 'meta-llama/Llama-3.3-70B-Instruct'
const QWEN = 'Qwen/Qwen3-32B'

const toLlamaPool = (priority: number) => ({ priority, upstream_kind: 'pool', upstream: 'llama-70b-h100', model: LLAMA }) as const
const toQwenPool = (priority: number) => ({ priority, upstream_kind: 'pool', upstream: 'qwen3-32b-l40s', model: QWEN }) as const
const toOpenai = (priority: number, model: string) => ({ priority, upstream_kind: 'provider', upstream: 'openai', model }) as const
const toAnthropic = (priority: number, model: string) => ({ priority, upstream_kind: 'provider', upstream: 'anthropic', model }) as const

const routes: readonly RouteConfig[] = [
  {
    name: 'assistant',
    gateway: 'edge',
    request_model: 'gpt-4o-mini',
    policy: interactive,
    backends: [toOpenai(0, 'gpt-4o-mini'), toLlamaPool(1)],
  },
  {
    name: 'chat',
    gateway: 'edge',
    request_model: LLAMA,
    policy: interactive,
    backends: [toLlamaPool(0), toAnthropic(1, 'claude-haiku-4-5')],
  },
  { name: 'research', gateway: 'litellm', request_model: 'gpt-4o', policy: patient, backends: [toOpenai(0, 'gpt-4o'), toLlamaPool(1)] },
  {
    name: 'writing',
    gateway: 'litellm',
    request_model: 'claude-sonnet-4-5',
    policy: interactive,
    backends: [toAnthropic(0, 'claude-sonnet-4-5'), toOpenai(1, 'gpt-4o')],
  },
  {
    name: 'support',
    gateway: 'kong',
    request_model: 'gpt-4o-mini',
    policy: interactive,
    backends: [toOpenai(0, 'gpt-4o-mini'), toLlamaPool(1)],
  },
  { name: 'summaries', gateway: 'kong', request_model: QWEN, policy: once, backends: [toQwenPool(0)] },
  {
    name: 'agents',
    gateway: 'weir',
    request_model: 'claude-sonnet-4-5',
    policy: patient,
    backends: [toAnthropic(0, 'claude-sonnet-4-5'), toQwenPool(1)],
  },
  { name: 'analysis', gateway: 'weir', request_model: 'o4-mini', policy: patient, backends: [toOpenai(0, 'o4-mini'), toQwenPool(1)] },
]

/** Two H100 per engine. Speeds and sizes are plausible for the hardware, not measured. */
const llamaPool: PoolConfig = {
  name: 'llama-70b-h100',
  model: LLAMA,
  region: 'eu-central-1',
  endpoints: ['10.20.1.11:8000', '10.20.1.12:8000'],
  gpus_per_engine: 2,
  gpu_model: 'NVIDIA H100 80GB HBM3',
  running_limit: 64,
  kv_capacity_tokens: 28_000,
  max_model_tokens: 24_576,
  prefill_tokens_per_s: 9_000,
  iteration_base_ms: 28,
  iteration_per_request_ms: 0.5,
  prefill_slowdown: 1.7,
}
/** Four L40S per engine. */
const qwenPool: PoolConfig = {
  name: 'qwen3-32b-l40s',
  model: QWEN,
  region: 'eu-central-1',
  endpoints: ['10.20.2.21:8000', '10.20.2.22:8000', '10.20.2.23:8000'],
  gpus_per_engine: 4,
  gpu_model: 'NVIDIA L40S',
  running_limit: 48,
  kv_capacity_tokens: 96_000,
  max_model_tokens: 24_576,
  prefill_tokens_per_s: 6_500,
  iteration_base_ms: 28,
  iteration_per_request_ms: 0.6,
  prefill_slowdown: 1.8,
}

const openai: ProviderConfig = {
  name: 'openai',
  api_base: 'https://api.openai.com/v1',
  address: '203.0.113.10:443',
  region: 'us-east-1',
  models: [
    { ...speed(420, 95), model: 'gpt-4o-mini', response_model: 'gpt-4o-mini-2024-07-18', does_reason: false },
    { ...speed(520, 70), model: 'gpt-4o', response_model: 'gpt-4o-2024-08-06', does_reason: false },
    { ...speed(900, 120), model: 'o4-mini', response_model: 'o4-mini-2025-04-16', does_reason: true },
  ],
  requests_per_minute: 1_200,
  tokens_per_minute: 2_500_000,
  error_share: 0.004,
  error_statuses: [500, 503],
  error_latency_ms: 180,
}
const anthropic: ProviderConfig = {
  name: 'anthropic',
  api_base: 'https://api.anthropic.com',
  address: '203.0.113.74:443',
  region: 'us-east-1',
  models: [
    { ...speed(780, 65), model: 'claude-sonnet-4-5', response_model: 'claude-sonnet-4-5-20250929', does_reason: false },
    { ...speed(430, 130), model: 'claude-haiku-4-5', response_model: 'claude-haiku-4-5-20251001', does_reason: false },
  ],
  requests_per_minute: 240,
  tokens_per_minute: 900_000,
  error_share: 0.006,
  error_statuses: [500, 529],
  error_latency_ms: 220,
}

/** The demo's platform. */
export const defaultPlatform: PlatformConfig = {
  gateways: [
    { name: 'edge', dialect: 'envoy' },
    { name: 'litellm', dialect: 'litellm' },
    { name: 'kong', dialect: 'kong' },
    { name: 'weir', dialect: 'canonical' },
  ],
  routes,
  pools: [llamaPool, qwenPool],
  providers: [openai, anthropic],
  tenants: defaultTenants,
}

function speed(ttftMs: number, tokensPerS: number) {
  return { ttft_median_ms: ttftMs, ttft_sigma: 0.35, ttft_per_input_token_ms: 0.05, tokens_per_s: tokensPerS, tokens_per_s_sigma: 0.2 }
}

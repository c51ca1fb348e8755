import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defaultPlatform } from '../../../services/demo/simulation/default-platform.ts'
import type { IncidentEffect } from '../../../services/demo/simulation/incident.ts'
import type { PlatformConfig, PoolConfig, RetryPolicy, TenantConfig } from '../../../services/demo/simulation/platform-model.ts'
import { HOUR, MINUTE } from '../../../services/platform/clock.ts'
import { play, START_MS } from './play.ts'

const acme = defaultPlatform.tenants.find(tenant => tenant.tenant_id === 'acme') as TenantConfig
const quiet: TenantConfig = {
  ...acme,
  requests_per_s: 0.5,
  routes: [{ route: 'assistant', share: 1 }],
  rate_limit_per_minute: 1e6,
  cancel_share: 0,
  auth_failure_share: 0,
}

interface Changes {
  tenant?: Partial<TenantConfig>
  policy?: Partial<RetryPolicy>
  pool?: Partial<PoolConfig>
  effects?: readonly IncidentEffect[]
}

/** One tenant on the route assistant: OpenAI first, the pool llama-70b-h100 as fallback, no everyday failures. */
function playAlone({ tenant = {}, policy = {}, pool = {}, effects = [] }: Changes) {
  const platform: PlatformConfig = {
    ...defaultPlatform,
    tenants: [{ ...quiet, ...tenant }],
    routes: defaultPlatform.routes.map(route => ({ ...route, policy: { ...route.policy, ...policy } })),
    pools: defaultPlatform.pools.map(config => ({ ...config, ...pool })),
    providers: defaultPlatform.providers.map(provider => ({ ...provider, error_share: 0 })),
  }
  const { requests } = play({ minutes: 4, platform, incidents: [{ start_ms: START_MS, script: { name: 'test', phases: [], effects } }] })
  assert.ok(requests.length > 50)
  return requests
}

const openaiAnswers = (status: number, timeoutShare = 0): IncidentEffect => ({
  kind: 'provider-fails',
  from_ms: 0,
  to_ms: HOUR,
  provider: 'openai',
  share: 1,
  timeout_share: timeoutShare,
  statuses: [status],
})

describe('a client', () => {
  it('sends again what failed, with its prompt, as often as it does and no more', () => {
    const requests = playAlone({
      effects: [openaiAnswers(503)],
      policy: { is_fallback_on: false, max_attempts_per_priority: 1 },
      tenant: { resends: { most: 2, after_ms: 500 } },
    })
    const again = Map.groupBy(requests, request => request.resend_of || request.request_id)
    const settled = [...again.values()].filter(([first]) => (first?.started_at ?? 0) < START_MS + 3 * MINUTE)
    for (const own of settled) {
      assert.equal(own.length, 3)
      assert.deepEqual([new Set(own.map(one => one.prompt_hash)).size, new Set(own.map(one => one.request_id)).size], [1, 3])
    }
    const other = playAlone({ effects: [openaiAnswers(503)], policy: { is_fallback_on: false, max_attempts_per_priority: 1 } })
    assert.ok(other.every(one => one.resend_of === ''))
    assert.equal(new Set(other.map(one => one.prompt_hash)).size, other.length)
  })
})

describe('a gateway', () => {
  it('tries once where the first answer is good', () => {
    for (const request of playAlone({ policy: { per_try_timeout_ms: HOUR } })) {
      assert.deepEqual([request.outcome, request.status_code, request.attempts.length], ['ok', 200, 1])
      assert.equal(request.attempts[0]?.response_model, 'gpt-4o-mini-2024-07-18')
    }
  })

  it('tries the first priority as often as the policy says and then falls back', () => {
    for (const request of playAlone({ effects: [openaiAnswers(503)], policy: { max_attempts_per_priority: 3 } })) {
      const seen = request.attempts.map(attempt => [
        attempt.upstream,
        attempt.status_code,
        attempt.is_retry,
        attempt.is_fallback,
        attempt.fallback_from,
      ])
      assert.deepEqual(seen.slice(0, 4), [
        ['openai', 503, false, false, ''],
        ['openai', 503, true, false, ''],
        ['openai', 503, true, false, ''],
        ['llama-70b-h100', 200, false, true, 'openai'],
      ])
      assert.equal(request.outcome, 'ok')
    }
  })

  it('ends with the last status where fallback is off', () => {
    for (const request of playAlone({ effects: [openaiAnswers(503)], policy: { is_fallback_on: false } })) {
      assert.deepEqual(
        [request.outcome, request.status_code, request.error_class, request.attempts.length],
        ['error', 503, 'provider_error', 2],
      )
    }
  })

  it('does not try a status again that the policy does not name', () => {
    for (const request of playAlone({ effects: [openaiAnswers(501)] })) {
      assert.deepEqual([request.outcome, request.status_code, request.attempts.length], ['error', 501, 1])
    }
  })

  it('gives an attempt up at its time limit, to the millisecond', () => {
    for (const request of playAlone({ effects: [openaiAnswers(503, 1)], policy: { per_try_timeout_ms: 7000 } })) {
      for (const attempt of request.attempts.slice(0, 2)) {
        assert.deepEqual([attempt.upstream, attempt.status_code, attempt.error_class], ['openai', 504, 'timeout'])
        assert.ok(Math.abs(attempt.ended_at - attempt.started_at - 7000) <= 1)
      }
    }
  })

  it('counts what a model server had done when the time limit came', () => {
    const requests = playAlone({
      effects: [openaiAnswers(503)],
      tenant: { stream_share: 0 },
      policy: { per_try_timeout_ms: 2000 },
      pool: { iteration_base_ms: 400 },
    })
    const given = requests
      .flatMap(request => request.attempts)
      .filter(attempt => attempt.upstream_kind === 'pool' && attempt.error_class === 'timeout')
    assert.ok(given.length > 20)
    // At most 2 s of iterations of 400 ms after the prompt.
    for (const attempt of given) assert.ok(attempt.tokens.output_tokens <= 6)
    assert.ok(given.some(attempt => attempt.tokens.input_tokens > 0 && attempt.tokens.output_tokens > 0))
  })

  it('refuses what is over a tenant’s rate limit and calls nobody for it', () => {
    const requests = playAlone({ tenant: { rate_limit_per_minute: 12 } })
    const rejected = requests.filter(request => request.outcome === 'rejected')
    assert.ok(rejected.length > 10)
    for (const request of rejected)
      assert.deepEqual([request.status_code, request.error_class, request.attempts.length], [429, 'gateway_rejected', 0])
    // The burst of 20, and 12 in each of the 4 minutes.
    assert.ok(requests.length - rejected.length <= 20 + 4 * 12)
  })

  it('refuses keys that do not hold', () => {
    for (const request of playAlone({ tenant: { auth_failure_share: 1 } })) {
      assert.deepEqual([request.status_code, request.auth_result, request.attempts.length], [401, 'invalid', 0])
    }
  })

  it('answers from its cache without calling anybody', () => {
    for (const request of playAlone({ tenant: { response_cache_share: 1 } })) {
      assert.deepEqual([request.outcome, request.response_cache, request.attempts.length], ['ok', 'hit', 0])
      assert.ok((request.cached_answer?.input_tokens ?? 0) > 0)
    }
  })

  it('passes on that a prompt is too long for the model', () => {
    const requests = playAlone({ effects: [openaiAnswers(503)], pool: { max_model_tokens: 600 } })
    const refused = requests.filter(request => request.status_code === 400)
    assert.ok(refused.length > 5)
    for (const request of refused)
      assert.deepEqual([request.outcome, request.error_class, request.attempts.length], ['error', 'client_error', 3])
  })

  it('stops the upstream when the client leaves', () => {
    const requests = playAlone({ effects: [openaiAnswers(503)], tenant: { cancel_share: 1, stream_share: 1 }, policy: { backoff_ms: 1 } })
    const left = requests.filter(request => request.outcome === 'cancelled')
    assert.ok(left.length > 30)
    for (const request of left) assert.equal(request.status_code, 499)
    const partial = left.map(request => request.attempts.at(-1)).filter(attempt => (attempt?.tokens.output_tokens ?? 0) > 0)
    assert.ok(partial.length > 10)
    for (const attempt of partial) assert.equal(attempt?.outcome, 'cancelled')
  })
})

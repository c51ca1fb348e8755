import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { AttemptContent } from '../../../schemas/attempt.ts'
import { sample, sampleJson } from '../../fixtures/samples.ts'
import { litellmLine } from './lines.ts'
import { attemptOf, linesOf, sum } from './reading.ts'

interface CaptureTruth {
  requests_ok: number
  traces: number
  records: number
  mock_requests: number
  upstream_calls: number
  fallback_served: number
  traces_with_failure_and_success: number
  logged_input_tokens: number
  logged_output_tokens: number
}

function capture(): AttemptContent[] {
  const bodies = sample('litellm_proxy_capture.ndjson.gz').toString('utf8').trim().split('\n')
  return bodies.flatMap(body => JSON.parse(body) as Record<string, unknown>[]).map(attemptOf)
}

suite('LiteLLM capture of a real proxy', () => {
  const truth = sampleJson<CaptureTruth>('litellm_proxy_capture_truth.json')
  const attempts = capture()
  const byRequest = Map.groupBy(attempts, attempt => attempt.request_id)

  test('every record is an attempt of one of the requests', () => {
    assert.equal(attempts.length, truth.records)
    assert.equal(byRequest.size, truth.traces)
    assert.equal(sum(attempts, 'input_tokens'), truth.logged_input_tokens)
    assert.equal(sum(attempts, 'output_tokens'), truth.logged_output_tokens)
    assert.equal(sum(attempts, 'cached_input_tokens'), 3430)
  })

  test('requests that failed and then succeeded have one attempt of each kind, told apart by their key', () => {
    const both = [...byRequest.values()].filter(group => new Set(group.map(attempt => attempt.outcome)).size === 2)
    assert.equal(both.length, truth.traces_with_failure_and_success)
    for (const group of byRequest.values()) assert.equal(new Set(group.map(attempt => attempt.attempt_key)).size, group.length)
  })

  test('where the proxy counts retries and fallbacks, they are the records of the request', () => {
    const counted = attempts.filter(attempt => attempt.attempts_reported !== null)
    // 20 plain successes, 7 retried, 4 fallen back; streams and failures carry no counts.
    assert.equal(counted.length, 31)
    assert.equal(sum(counted, 'attempts_reported'), 20 + 7 * 2 + 4 * 2)
    for (const attempt of counted) assert.equal(byRequest.get(attempt.request_id)?.length, attempt.attempts_reported)
    assert.equal(attempts.filter(attempt => attempt.is_retry).length, 7)
    assert.equal(attempts.filter(attempt => attempt.is_fallback).length, 4)
    assert.ok(attempts.every(attempt => !attempt.is_sole_row && attempt.attempt_no === 0))
  })

  test('failures have unknown usage and the provider’s own reason', () => {
    const failed = attempts.filter(attempt => attempt.outcome === 'error')
    assert.equal(failed.length, 17)
    for (const attempt of failed) {
      assert.equal(attempt.usage_quality, 'missing')
      assert.equal(attempt.error_class, 'provider_overloaded')
      assert.equal(attempt.status_code, 503)
      assert.equal(attempt.reported_cost, null)
      assert.ok(attempt.error_detail.startsWith('ServiceUnavailableError: ') && attempt.error_detail.length <= 300)
    }
  })

  test('tenants are the end users, because keys and teams are not there', () => {
    const tokens = (tenant: string) =>
      sum(
        attempts.filter(attempt => attempt.tenant_id === tenant),
        'input_tokens',
      )
    assert.deepEqual(['dept-a', 'dept-b', 'dept-c', 'dept-d'].map(tokens), [2260, 2655, 2830, 3795])
  })

  test('a priced model behind a loopback address is its provider’s, and the price map’s costs are exact', () => {
    assert.ok(attempts.every(attempt => attempt.upstream_kind === 'provider'))
    assert.deepEqual(new Set(attempts.map(attempt => attempt.provider)), new Set(['openai', 'anthropic']))
    const mocked = attempts.filter(attempt => attempt.provider === 'anthropic')
    assert.equal(mocked.length, truth.mock_requests)
    assert.ok(mocked.every(attempt => attempt.reported_cost === '0.000057' && attempt.reported_currency === 'USD'))
    assert.deepEqual(
      new Set(attempts.map(attempt => attempt.response_model)),
      new Set(['gpt-4o-mini', 'gpt-4.1-nano', 'claude-sonnet-4-5']),
    )
  })

  test('prompts and answers are gone', () => {
    const text = JSON.stringify(attempts)
    for (const word of ['question 1', 'hello there', '"messages"', 'traceback']) assert.ok(!text.includes(word), word)
  })

  test('streams have a time to first token, plain calls none', () => {
    for (const attempt of attempts) assert.equal(attempt.ttft_ms !== null, attempt.is_stream)
    const stream = attempts.find(attempt => attempt.started_at === 1795454777008 && attempt.is_stream)
    // 777.008958 → 777.50904 → 777.525049
    assert.equal(stream?.ttft_ms, 500.082)
    assert.equal(stream?.duration_ms, 516.091)
  })
})

suite('LiteLLM payloads', () => {
  const byCase = new Map(linesOf(sample('litellm_standard_logging_payloads.ndjson')).map(line => [line['_case'], attemptOf(line)]))
  const stated: Record<string, Partial<AttemptContent>> = {
    success_cached_prompt: {
      tenant_id: 'team-acme',
      request_id: '0198c0de-0000-7000-8000-000000000001',
      attempt_key: '1787230800001:0:success:chatcmpl-1',
      input_tokens: 1200,
      cached_input_tokens: 800,
      output_tokens: 210,
      reasoning_tokens: 64,
      usage_quality: 'reported',
      reported_cost: '0.00312',
      provider: 'openai',
      client_ip_prefix: '10.0.4.0/24',
    },
    failure_vendor_429_attempt1: {
      outcome: 'error',
      error_class: 'provider_rate_limited',
      status_code: 429,
      input_tokens: 0,
      cached_input_tokens: 0,
      usage_quality: 'missing',
      reported_cost: null,
    },
    fallback_success_attempt2_same_trace: {
      is_fallback: true,
      fallback_from: 'gpt-5-mini',
      request_model: 'gpt-5-mini',
      response_model: 'claude-sonnet-4-5',
      attempts_reported: 2,
      cached_input_tokens: 800,
      cache_write_tokens: 100,
      provider: 'anthropic',
    },
    stream_success: { is_stream: true, ttft_ms: 282, duration_ms: 1840 },
    response_cache_hit: {
      response_cache: 'hit',
      attempts_reported: 0,
      upstream_kind: '',
      provider: '',
      reported_cost: '0',
      input_tokens: 1200,
    },
    failure_litellm_own_429: {
      outcome: 'rejected',
      error_class: 'gateway_rejected',
      attempts_reported: 0,
      usage_quality: 'reported',
      input_tokens: 0,
      upstream_kind: '',
    },
  }
  for (const [name, columns] of Object.entries(stated)) {
    test(`${name} reads as stated`, () => {
      const attempt = byCase.get(name)
      assert.ok(attempt)
      for (const [column, value] of Object.entries(columns)) assert.equal(attempt[column as keyof AttemptContent], value, column)
    })
  }

  test('the documented stream has zoneless UTC times, and no tenant to charge', () => {
    const line = sampleJson<object>('litellm_payload_stream.json')
    assert.throws(() => attemptOf(line), { code: 'LINE_FIELD_MISSING', message: /tenant_id.*metadata\/user_api_key_team_id/ })
    const attempt = attemptOf({ ...line, end_user: 'dept-a' })
    assert.equal(attempt.started_at, Date.UTC(2025, 0, 24, 9, 20, 46, 847))
    assert.equal(attempt.request_id, 'chatcmpl-2299b6a2-82a3-465a-b47c-04e685a2227f')
    assert.equal(attempt.reported_cost, '0.000225')
    assert.equal(attempt.ttft_ms, 4)
    assert.equal(attempt.finish_reason, 'stop')
  })

  test('the payload of LiteLLM’s own test helper belongs to its team', () => {
    const attempt = attemptOf(sampleJson('litellm_payload_test_helper.json'))
    assert.equal(attempt.tenant_id, 'test_team')
    assert.deepEqual([attempt.input_tokens, attempt.output_tokens, attempt.reported_cost], [20, 10, '0.1'])
    assert.deepEqual([attempt.is_stream, attempt.ttft_ms], [true, 500])
  })

  test('a self-hosted server is a pool, and an unpriced OpenAI-compatible one on a private address too', () => {
    const vllm = attemptOf(
      litellmLine('r1', { custom_llm_provider: 'hosted_vllm', api_base: 'http://vllm.llm.svc:8000/v1', model_group: 'llama' }),
    )
    assert.deepEqual([vllm.upstream_kind, vllm.pool, vllm.provider], ['pool', 'llama', ''])
    const compatible = {
      model: 'openai/my-llama',
      api_base: 'http://10.0.0.7:8000/v1',
      model_map_information: { model_map_value: null },
      model_group: 'llama',
    }
    const local = attemptOf(litellmLine('r1', compatible))
    assert.deepEqual([local.upstream_kind, local.pool, local.response_model], ['pool', 'llama', 'my-llama'])
  })

  test('a cost of 0 is no price, not a gift', () => {
    assert.equal(attemptOf(litellmLine('r1', { response_cost: 0 })).reported_cost, null)
    assert.equal(attemptOf(litellmLine('r1', { response_cost: 5.6699999999999996e-5 })).reported_cost, '0.0000567')
  })

  test('a key that the proxy refuses is an authentication failure of ours, one that the provider refuses is not', () => {
    const failure = {
      status: 'failure',
      prompt_tokens: 0,
      completion_tokens: 0,
      error_information: { error_code: '401', error_class: 'ProxyException' },
    }
    const own = attemptOf(litellmLine('r1', { ...failure, custom_llm_provider: null, api_base: '', hidden_params: {} }))
    assert.deepEqual([own.outcome, own.error_class, own.auth_result, own.attempts_reported], ['rejected', 'auth', 'invalid', 0])
    const theirs = attemptOf(litellmLine('r1', failure))
    assert.deepEqual([theirs.outcome, theirs.error_class, theirs.auth_result, theirs.attempts_reported], ['error', 'auth', '', null])
  })

  test('a guardrail that stopped the request is a policy, and the request never left', () => {
    const attempt = attemptOf(
      litellmLine('r1', {
        status: 'failure',
        prompt_tokens: 0,
        completion_tokens: 0,
        status_fields: { llm_api_status: 'failure', guardrail_status: 'guardrail_intervened' },
        guardrail_information: [{ guardrail_name: 'pii-filter' }],
        error_information: { error_code: '400', error_class: 'HTTPException', llm_provider: '' },
      }),
    )
    assert.deepEqual(
      [attempt.outcome, attempt.error_class, attempt.guardrail, attempt.attempts_reported, attempt.usage_quality],
      ['rejected', 'blocked_by_policy', 'pii-filter', 0, 'reported'],
    )
  })

  test('the owner is the team first and the key last', () => {
    const metadata = {
      user_api_key_team_alias: 'team-alias',
      user_api_key_org_id: 'org-1',
      requester_custom_headers: { 'x-tenant-id': 'header-tenant' },
      user_api_key_hash: 'hash-of-a-test-key',
    }
    const tenantWith = (change: object, endUser: string | null = 'end-user') =>
      attemptOf(litellmLine('r1', { metadata: { ...metadata, ...change }, end_user: endUser })).tenant_id
    assert.equal(tenantWith({ user_api_key_team_id: 'team-1' }), 'team-1')
    assert.equal(tenantWith({}), 'team-alias')
    assert.equal(tenantWith({ user_api_key_team_alias: null }), 'org-1')
    assert.equal(tenantWith({ user_api_key_team_alias: '', user_api_key_org_id: null }), 'header-tenant')
    const bare = { user_api_key_team_alias: null, user_api_key_org_id: null, requester_custom_headers: {} }
    assert.equal(tenantWith(bare), 'end-user')
    assert.equal(tenantWith(bare, null), 'hash-of-a-test-key')
  })
})

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { AttemptContent } from '../../../schemas/attempt.ts'
import { sample, sampleJson } from '../../fixtures/samples.ts'
import { envoyLine, STARTED_AT } from './lines.ts'
import { attemptOf, linesOf, skipOf, sum } from './reading.ts'

interface RetryTruth {
  requests: number
  attempts: number
  ok_requests: number
  recovered: number
  input_tokens: number
  cached_input_tokens: number
  output_tokens: number
}

/** Fields of an attempt, for comparing only those. */
function pick<Column extends keyof AttemptContent>(attempt: AttemptContent, ...columns: Column[]): Pick<AttemptContent, Column> {
  return Object.fromEntries(columns.map(column => [column, attempt[column]])) as Pick<AttemptContent, Column>
}

suite('Envoy access log', () => {
  test('the log of a real Envoy agrees with what its upstreams counted', () => {
    const truth = sampleJson<RetryTruth>('envoy_retry_access_truth.json')
    const attempts = linesOf(sample('envoy_retry_access.jsonl.gz')).map(attemptOf)
    assert.equal(attempts.length, truth.requests)
    assert.equal(sum(attempts, 'attempts_reported'), truth.attempts)
    assert.equal(sum(attempts, 'input_tokens'), truth.input_tokens)
    assert.equal(sum(attempts, 'cached_input_tokens'), truth.cached_input_tokens)
    assert.equal(sum(attempts, 'output_tokens'), truth.output_tokens)
    const good = attempts.filter(attempt => attempt.outcome === 'ok')
    assert.equal(good.length, truth.ok_requests)
    assert.equal(good.filter(attempt => attempt.is_retry && attempt.attempt_no === 2).length, truth.recovered)
    assert.ok(attempts.every(attempt => attempt.is_sole_row && attempt.upstream_kind === 'pool' && attempt.pool === 'llama-pool'))
    // 48 circuit-breaker overflows and 9 plain 503 answers, all of them the upstream's own: nobody said what they used.
    const failed = attempts.filter(attempt => attempt.outcome === 'error')
    assert.equal(failed.length, 57)
    assert.ok(failed.every(attempt => attempt.error_class === 'provider_error' && attempt.usage_quality === 'missing'))
    assert.equal(failed.filter(attempt => attempt.error_detail.startsWith('UO ')).length, 48)
    assert.deepEqual(new Set(attempts.map(attempt => attempt.tenant_id)), new Set(['dept-a', 'dept-b', 'dept-c', 'dept-d', 'dept-e']))
    assert.equal(attempts.filter(attempt => attempt.operation === 'embeddings').length, 40)
  })

  const expected: Record<string, Partial<AttemptContent>> = {
    stream_ok: {
      outcome: 'ok',
      attempts_reported: 1,
      is_stream: true,
      ttft_ms: 280,
      usage_quality: 'reported',
      input_tokens: 1200,
      output_tokens: 210,
    },
    retry_then_ok_same_priority: {
      outcome: 'ok',
      attempts_reported: 2,
      attempt_no: 2,
      is_retry: true,
      is_fallback: false,
      pool: 'prod/vllm-a',
    },
    fallback_to_bedrock_ok: {
      outcome: 'ok',
      attempts_reported: 2,
      is_retry: false,
      is_fallback: true,
      // Only an address is known of what was left.
      fallback_from: '',
      upstream_kind: 'provider',
      provider: 'aws.bedrock',
      pool: '',
    },
    retries_exhausted: {
      outcome: 'error',
      error_class: 'retries_exhausted',
      attempts_reported: 3,
      attempt_no: 3,
      usage_quality: 'missing',
      status_code: 503,
    },
    rate_limited_by_gateway: {
      outcome: 'rejected',
      error_class: 'gateway_rejected',
      attempts_reported: 0,
      attempt_no: 1,
      usage_quality: 'reported',
      upstream_kind: '',
      endpoint: '',
    },
    client_disconnect_mid_stream: {
      outcome: 'cancelled',
      error_class: 'client_cancelled',
      attempts_reported: 1,
      usage_quality: 'missing',
      status_code: 0,
    },
    upstream_timeout: { outcome: 'error', error_class: 'timeout', duration_ms: 30000, usage_quality: 'missing' },
    provider_429_passthrough: { outcome: 'error', error_class: 'provider_rate_limited', usage_quality: 'missing' },
    no_healthy_upstream: {
      outcome: 'error',
      error_class: 'no_capacity',
      attempts_reported: 0,
      usage_quality: 'reported',
      upstream_kind: '',
    },
    stream_without_include_usage: { outcome: 'ok', usage_quality: 'missing', input_tokens: 0, output_tokens: 0 },
  }

  for (const file of ['envoy_ai_gateway_access.jsonl', 'envoy_ai_gateway_otlp_als_attributes.jsonl']) {
    for (const line of linesOf(sample(file))) {
      const name = line['_case'] as string
      test(`${name} reads as stated (${file})`, () => {
        const attempt = attemptOf(line)
        const stated = expected[name] as Partial<AttemptContent>
        assert.deepEqual(pick(attempt, ...(Object.keys(stated) as (keyof AttemptContent)[])), stated)
        assert.equal(attempt.tenant_id, 'acme')
        assert.equal(attempt.client_ip_prefix, '10.0.4.0/24')
        assert.equal(attempt.ended_at, attempt.started_at + Number(attempt.duration_ms))
      })
    }
  }

  test('the all-text form gives the same attempts as the typed one', () => {
    const withoutExtra = (attempt: AttemptContent) => ({ ...attempt, extra: '' })
    const typed = linesOf(sample('envoy_ai_gateway_access.jsonl')).map(attemptOf).map(withoutExtra)
    const texts = linesOf(sample('envoy_ai_gateway_otlp_als_attributes.jsonl')).map(attemptOf).map(withoutExtra)
    assert.deepEqual(texts, typed)
  })

  test('the documented line goes to the backend’s provider once it names a tenant', () => {
    const line = sampleJson<object>('envoy_ai_gateway_doc_line.json')
    assert.throws(() => attemptOf(line), { code: 'LINE_FIELD_MISSING', message: /tenant_id is missing.*x-tenant-id/ })
    const attempt = attemptOf({ ...line, 'x-tenant-id': 'dept-a' })
    assert.deepEqual(
      pick(attempt, 'upstream_kind', 'provider', 'pool', 'input_tokens', 'output_tokens', 'attempts_reported', 'upstream_ms'),
      {
        upstream_kind: 'provider',
        provider: 'default/tars',
        pool: '',
        input_tokens: 15,
        output_tokens: 7,
        attempts_reported: null,
        upstream_ms: 451,
      },
    )
  })

  test('a log without an attempt count says so instead of claiming one attempt', () => {
    const attempt = attemptOf(envoyLine('r1', { upstream_request_attempt_count: undefined }))
    assert.equal(attempt.attempts_reported, null)
    assert.equal(attempt.is_retry, false)
    assert.equal(attempt.upstream_kind, 'pool')
  })

  test('a lower choice that is used at first is no fallback', () => {
    const attempt = attemptOf(
      envoyLine('r1', { 'gen_ai.provider.name': 'prod/vllm-b/route/chat/rule/0/ref/1', upstream_request_attempt_count: 1 }),
    )
    assert.equal(attempt.is_fallback, false)
    assert.equal(attempt.is_retry, false)
  })

  test('the operator’s own upstream fields win over what addresses suggest', () => {
    assert.deepEqual(pick(attemptOf(envoyLine('r1', { upstream_kind: 'provider', provider: 'openai' })), 'upstream_kind', 'provider'), {
      upstream_kind: 'provider',
      provider: 'openai',
    })
    assert.deepEqual(pick(attemptOf(envoyLine('r1', { pool: 'gpu-west', upstream_host: '52.94.1.9:443' })), 'upstream_kind', 'pool'), {
      upstream_kind: 'pool',
      pool: 'gpu-west',
    })
  })

  test('a client that leaves after the answer began cancels it and is still charged for what was reported', () => {
    const attempt = attemptOf(envoyLine('r1', { response_flags: 'DC' }))
    assert.deepEqual(pick(attempt, 'outcome', 'error_class', 'usage_quality', 'input_tokens'), {
      outcome: 'cancelled',
      error_class: 'client_cancelled',
      usage_quality: 'reported',
      input_tokens: 900,
    })
  })

  const counts: [string, unknown, RegExp][] = [
    ['gen_ai.usage.input_tokens', 'Infinity', /gen_ai\.usage\.input_tokens is "Infinity"/],
    ['gen_ai.usage.input_tokens', -1, /is -1; expected a whole number/],
    ['gen_ai.usage.output_tokens', 1.5, /is 1\.5; expected a whole number/],
    ['gen_ai.usage.output_tokens', '9007199254740993', /is "9007199254740993"/],
    ['gen_ai.usage.output_tokens', 'NaN', /is "NaN"/],
    ['gen_ai.usage.output_tokens', [1], /is a list/],
    ['upstream_request_attempt_count', 70000, /attempt_no is 70000|attempts_reported is 70000/],
    ['response_code', 1000, /status_code is 1000/],
    ['start_time', '2026-11-23T17:26:13.303', /start_time is .*with a zone/],
    ['start_time', '2026-02-30T00:00:00Z', /start_time is "2026-02-30/],
    ['duration', '-5', /duration is "-5"; expected milliseconds/],
    ['tenant.id', 'x'.repeat(600), /tenant_id is .*expected 1 to 512 characters/],
  ]
  for (const [field, value, message] of counts) {
    test(`${field} = ${String(value).slice(0, 24)} is refused with the field’s name`, () => {
      const line = envoyLine('r1', { [field]: value })
      assert.throws(() => attemptOf(line), { code: 'LINE_FIELD_INVALID', message })
    })
  }

  test('times may be epoch seconds or milliseconds, as text too', () => {
    for (const start of [
      STARTED_AT,
      STARTED_AT / 1000,
      String(STARTED_AT / 1000),
      '2026-11-23T18:26:13.303+01:00',
      '2026-11-23 17:26:13.303999Z',
    ]) {
      assert.equal(attemptOf(envoyLine('r1', { start_time: start })).started_at, STARTED_AT)
    }
  })

  test('a path that is none of a model, without model or tokens, is other traffic; a failed call of a model is not', () => {
    const bare = {
      'gen_ai.request.model': null,
      'gen_ai.response.model': '-',
      'gen_ai.usage.input_tokens': null,
      'gen_ai.usage.output_tokens': null,
      'gen_ai.usage.cached_input_tokens': null,
    }
    assert.equal(skipOf(envoyLine('r1', { ...bare, 'x-envoy-origin-path': '/healthz' })), 'not_llm')
    assert.equal(skipOf(envoyLine('r1', { ...bare, 'x-envoy-origin-path': '/v1/models?limit=2' })), 'not_llm')
    assert.equal(skipOf(envoyLine('r1', { ...bare, mcp_method: 'tools/call' })), 'mcp')
    assert.equal(skipOf(envoyLine('r1', { ...bare, response_code: 503, response_flags: 'UH' })), undefined)
    assert.equal(skipOf(envoyLine('r1', { ...bare, 'x-envoy-origin-path': null })), undefined)
    assert.equal(skipOf(envoyLine('r1', { 'x-envoy-origin-path': '/assistant/answer' })), undefined)
    assert.equal(skipOf(envoyLine('r1', { ...bare, 'x-envoy-origin-path': '/assistant/answer', pool: 'llama' })), undefined)
    assert.equal(skipOf(envoyLine('r1', { ...bare, 'x-envoy-origin-path': '/v1/chat/completions/?x=1' })), undefined)
  })

  test('no whole client address reaches the row', () => {
    const line = envoyLine('r1', {
      'x-forwarded-for': '198.51.100.77, 10.0.0.1',
      downstream_remote_address: '198.51.100.78:5123',
      client_ip: '198.51.100.79',
    })
    const attempt = attemptOf(line)
    assert.equal(attempt.client_ip_prefix, '198.51.100.0/24')
    assert.ok(!JSON.stringify(attempt).includes('198.51.100.7'))
  })

  test('fields with the names of object internals are kept as data', () => {
    const line = JSON.parse(`{"__proto__": {"tenant_id": "evil"}, "constructor": "x", ${JSON.stringify(envoyLine('r1')).slice(1)}`)
    const attempt = attemptOf(line)
    assert.equal(attempt.tenant_id, 'dept-a')
    assert.equal(({} as Record<string, unknown>)['tenant_id'], undefined)
    assert.deepEqual(JSON.parse(attempt.extra).constructor, 'x')
  })
})

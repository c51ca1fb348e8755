import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { AttemptContent } from '../../../schemas/attempt.ts'
import { sampleJson } from '../../fixtures/samples.ts'
import { kongLine, STARTED_AT } from './lines.ts'
import { attemptOf, attemptsOf, skipOf } from './reading.ts'

function assertColumns(attempt: AttemptContent | undefined, stated: Partial<AttemptContent>): void {
  assert.ok(attempt)
  for (const [column, value] of Object.entries(stated)) assert.equal(attempt[column as keyof AttemptContent], value, column)
}

suite('Kong log object', () => {
  test('two tries are two attempts, and only the last used what was reported', () => {
    const [first, last, ...rest] = attemptsOf(sampleJson('kong_log_two_tries.json'))
    assert.equal(rest.length, 0)
    assertColumns(first, {
      request_id: '9ec9264afbbbad5fe5c64877d92eeb04',
      attempt_no: 1,
      attempt_key: '1787230800001:1',
      attempts_reported: 2,
      is_sole_row: false,
      is_retry: false,
      started_at: 1787230800001,
      ended_at: 1787230801104,
      duration_ms: 1103,
      endpoint: '10.8.1.11:8000',
      status_code: 503,
      outcome: 'error',
      error_class: 'provider_error',
      usage_quality: 'missing',
      input_tokens: 0,
      reported_cost: null,
      ttft_ms: null,
    })
    assertColumns(last, {
      tenant_id: 'acme',
      api_key_id: 'k-1',
      attempt_no: 2,
      attempt_key: '1787230801104:2',
      attempts_reported: 2,
      is_sole_row: false,
      is_retry: true,
      started_at: 1787230801104,
      ended_at: 1787230801841,
      duration_ms: 737,
      endpoint: '10.8.1.12:8000',
      status_code: 200,
      outcome: 'ok',
      usage_quality: 'reported',
      input_tokens: 1200,
      cached_input_tokens: 800,
      output_tokens: 210,
      reasoning_tokens: 64,
      reported_cost: '0.0051',
      ttft_ms: 281,
      provider: 'openai',
      response_cache: 'miss',
      route: 'chat',
    })
  })

  test('one try is the only row of its request', () => {
    const attempt = attemptOf(kongLine('r1'))
    assertColumns(attempt, {
      is_sole_row: true,
      attempt_no: 1,
      attempts_reported: 1,
      started_at: STARTED_AT,
      ended_at: STARTED_AT + 812,
      upstream_ms: 690,
    })
    assertColumns(attempt, {
      tenant_id: 'dept-a',
      request_model: 'gpt-4o',
      response_model: 'gpt-4o-2024-08-06',
      client_ip_prefix: '203.0.113.0/24',
    })
  })

  test('a legacy block named after its plugin reads the same', () => {
    const line = kongLine('r1')
    const legacy = { ...line, ai: { 'ai-proxy': (line['ai'] as { proxy: object }).proxy } }
    assert.deepEqual(attemptOf(legacy), attemptOf(line))
  })

  test('a cost of 0 means that no price is configured', () => {
    const line = kongLine('r1')
    const proxy = (line['ai'] as { proxy: { usage: object; meta: object } }).proxy
    assertColumns(attemptOf({ ...line, ai: { proxy: { ...proxy, usage: { ...proxy.usage, cost: 0 } } } }), {
      reported_cost: null,
      reported_currency: '',
    })
  })

  test('what Kong refuses itself reached nobody and used nothing', () => {
    const proxy = { meta: { plugin_id: 'p-1', provider_name: 'openai', request_model: 'gpt-4o' } }
    const refused = (status: number) =>
      attemptOf(kongLine('r1', { tries: [], source: 'exit', response: { status }, ai: { proxy }, upstream_status: undefined }))
    assertColumns(refused(429), {
      outcome: 'rejected',
      error_class: 'gateway_rejected',
      attempts_reported: 0,
      usage_quality: 'reported',
      upstream_kind: '',
    })
    assertColumns(refused(401), { outcome: 'rejected', error_class: 'auth', auth_result: 'invalid' })
    assertColumns(refused(403), { outcome: 'rejected', error_class: 'auth', auth_result: 'denied' })
  })

  test('a cache hit calls nobody', () => {
    const line = kongLine('r1', { tries: [] })
    const proxy = (line['ai'] as { proxy: object }).proxy
    assertColumns(attemptOf({ ...line, ai: { proxy: { ...proxy, cache: { cache_status: 'Hit' } } } }), {
      response_cache: 'hit',
      attempts_reported: 0,
      upstream_kind: '',
    })
  })

  test('a try without an answer reached nobody, and a broken list of statuses is not guessed from', () => {
    const tries = [0, 1, 2].map(index => ({ ip: '10.8.1.11', port: 8000, balancer_start: STARTED_AT + index * 100 }))
    const [first, second, last] = attemptsOf(kongLine('r1', { tries, upstream_status: '200' }))
    assertColumns(first, { outcome: 'error', error_class: 'connect_or_reset', status_code: 0, duration_ms: 100 })
    assertColumns(second, { is_retry: true, started_at: STARTED_AT + 100 })
    assertColumns(last, { outcome: 'ok', attempt_no: 3, duration_ms: 612 })
  })

  test('a try that failed is booked on the upstream that failed, not on the one that rescued the request', () => {
    const pool = { ip: '10.8.1.11', port: 8000 }
    const provider = { ip: '203.0.113.10', port: 443, hostname: 'api.openai.com' }
    const at = (place: object, index: number) => ({ ...place, balancer_start: STARTED_AT + index * 100 })
    const ofProxy = (provider_name: string) => ({
      proxy: { ...(kongLine('r1')['ai'] as { proxy: object }).proxy, meta: { plugin_id: 'p', provider_name, request_model: 'gpt-4o' } },
    })
    const tries = [provider, provider, pool].map(at)
    const [first, second, rescued] = attemptsOf(kongLine('r1', { tries, upstream_status: '503, 503, 200', ai: ofProxy('llama2') }))
    for (const failed of [first, second]) assertColumns(failed, { upstream_kind: 'provider', provider: 'openai', pool: '' })
    assertColumns(rescued, { upstream_kind: 'pool', provider: '', is_fallback: true, is_retry: false, fallback_from: 'openai' })
    const [left, answered] = attemptsOf(
      kongLine('r2', { tries: [pool, provider].map(at), upstream_status: '503, 200', ai: ofProxy('openai') }),
    )
    assertColumns(left, { upstream_kind: 'pool', pool: rescued?.pool ?? '', provider: '' })
    assertColumns(answered, { upstream_kind: 'provider', provider: 'openai', pool: '', fallback_from: rescued?.pool ?? '' })
  })

  test('times of tries that run backwards never give a negative duration', () => {
    const tries = [
      { ip: '10.8.1.11', balancer_start: STARTED_AT + 50 },
      { ip: '10.8.1.12', balancer_start: STARTED_AT - 90_000 },
    ]
    for (const attempt of attemptsOf(kongLine('r1', { tries, upstream_status: '500, 200' }))) {
      assert.ok(Number(attempt.duration_ms) >= 0)
      assert.ok(attempt.started_at >= STARTED_AT)
    }
  })

  test('a line without an AI block is other traffic and skipped, as is a call of MCP', () => {
    assert.equal(skipOf(sampleJson('kong_log_doc_object.json')), 'not_llm')
    const plain = kongLine('r1', { request: { id: 'r1', uri: '/orders/17', size: 1 } })
    assert.equal(skipOf({ ...plain, ai: undefined }), 'not_llm')
    assert.equal(skipOf({ ...plain, ai: { mcp: { tool_name: 'search' } } }), 'mcp')
    assert.equal(skipOf(kongLine('r1')), undefined)
  })

  test('a request to a model that Kong refused before its AI plugin ran is kept', () => {
    const line = kongLine('r1', { ai: undefined, tries: [], source: 'exit', response: { status: 401 }, upstream_status: undefined })
    assert.equal(skipOf(line), undefined)
    assertColumns(attemptOf(line), { outcome: 'rejected', error_class: 'auth', attempts_reported: 0, operation: 'chat', request_model: '' })
  })

  test('an audit object without the log around it has nobody to charge and no time', () => {
    assert.throws(() => attemptsOf(sampleJson('kong_ai_audit_doc_object.json')), {
      code: 'LINE_FIELD_MISSING',
      message: /tenant_id is missing.*consumer\/username/,
    })
  })

  test('a trace id may be text or one of several kinds', () => {
    assert.equal(attemptOf(kongLine('r1', { trace_id: 'abc' })).trace_id, 'abc')
    assert.equal(attemptOf(kongLine('r1', { trace_id: { w3c: 'def', b3: 'x' } })).trace_id, 'def')
    assert.equal(attemptOf(kongLine('r1', { trace_id: { b3: 'x' } })).trace_id, '')
  })

  test('request headers and prompts do not reach the row', () => {
    const line = kongLine('r1')
    const proxy = (line['ai'] as { proxy: object }).proxy
    const attempt = attemptOf({ ...line, ai: { proxy: { ...proxy, payload: { request: 'a prompt' } }, payload: { request: 'a prompt' } } })
    assert.ok(!JSON.stringify(attempt).includes('REDACTED') && !JSON.stringify(attempt).includes('a prompt'))
  })
})

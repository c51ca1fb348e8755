import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { attemptContentColumns, emptyAttempt } from '../../../schemas/attempt.ts'
import { buildMappedDialect } from '../../../schemas/dialects/custom/mapped-dialect.ts'
import { parseMapping } from '../../../schemas/dialects/custom/mapping-file.ts'
import { buildReader } from '../../../schemas/dialects/field-table.ts'
import { readAttempts } from '../../../schemas/dialects/read-attempts.ts'
import { canonicalLine, STARTED_AT } from './lines.ts'
import { attemptOf } from './reading.ts'

suite('canonical lines', () => {
  test('three fields are enough, and all else has its default', () => {
    const attempt = attemptOf({ tenant_id: 'dept-a', request_id: 'r1', started_at: STARTED_AT })
    assert.deepEqual(attempt, { ...emptyAttempt('dept-a', 'r1', STARTED_AT), attempt_key: `${STARTED_AT}:0` })
  })

  test('a refusal without a class is one of authentication where the line says what was wrong with the caller', () => {
    const classOf = (more: Record<string, unknown>) => attemptOf(canonicalLine('r1', more)).error_class
    for (const auth_result of ['missing', 'invalid', 'expired', 'denied'])
      assert.equal(classOf({ outcome: 'rejected', auth_result }), 'auth')
    assert.equal(classOf({ outcome: 'rejected', auth_result: 'ok' }), '', 'the caller was known: something else was refused')
    assert.equal(classOf({ outcome: 'rejected' }), '')
    assert.equal(classOf({ outcome: 'error', auth_result: 'invalid' }), '', 'an error after the door is none of the door')
    assert.equal(classOf({ outcome: 'rejected', auth_result: 'invalid', error_class: 'gateway_rejected' }), 'gateway_rejected')
  })

  test('a mapping that names auth_result gives the class of a refusal too, and unknown to other refusals', () => {
    const names = ['tenant_id', 'request_id', 'started_at', 'outcome', 'auth_result']
    const fields = names.map(name => `  ${name}: my_${name}`)
    const mapping = ['name: mine', 'recognise: [my_tenant_id]', 'fields:', ...fields].join('\n')
    const reader = buildReader(buildMappedDialect(parseMapping(mapping, 'mine.yaml')))
    const classOf = (auth_result: string) =>
      readAttempts(
        reader,
        { my_tenant_id: 'dept-a', my_request_id: 'r1', my_started_at: STARTED_AT, my_outcome: 'rejected', my_auth_result: auth_result },
        { source: '', hasEscapes: false },
      )[0]?.error_class
    assert.deepEqual([classOf('invalid'), classOf('expired'), classOf('ok')], ['auth', 'auth', 'unknown'])
  })

  test('every column that the line gives is kept as it is', () => {
    const given = {
      api_key_id: 'key-1',
      attempt_no: 2,
      attempts_reported: 3,
      ended_at: '2026-11-23T17:26:14.303Z',
      ttft_ms: 120.5,
      queue_ms: 0,
      provider: 'openai',
      upstream_kind: 'provider',
      pool: '',
      status_code: 503,
      outcome: 'error',
      error_class: 'provider_error',
      is_retry: true,
      cache_write_tokens: 100,
      cache_write_1h_tokens: 40,
      reasoning_tokens: 20,
      usage_quality: 'estimated',
      reported_cost: '0.10',
      reported_currency: 'EUR',
    }
    const attempt = attemptOf(canonicalLine('r1', given))
    const { ended_at, reported_cost, ...same } = given
    for (const [column, value] of Object.entries(same)) assert.equal(attempt[column as keyof typeof attempt], value, column)
    assert.equal(attempt.ended_at, STARTED_AT + 1000)
    assert.equal(attempt.reported_cost, '0.1')
    assert.equal(attempt.attempt_key, `${STARTED_AT}:2`)
    assert.equal(attempt.is_sole_row, false)
  })

  test('every token column that the line gives is kept, by Weir’s own lines and by a mapping', () => {
    const tokens = Object.fromEntries(
      attemptContentColumns.filter(name => name.endsWith('_tokens')).map((name, index) => [name, 20 - index]),
    )
    const given = {
      ...tokens,
      input_tokens: 100,
      output_tokens: 90,
      cached_input_tokens: 40,
      cached_audio_input_tokens: 11,
      cache_write_tokens: 30,
    }
    const mapping = [...Object.keys(given), 'tenant_id', 'request_id', 'started_at'].map(name => `  ${name}: my_${name}`)
    const reader = buildReader(
      buildMappedDialect(parseMapping(`name: own\nrecognise: [my_tenant_id]\nfields:\n${mapping.join('\n')}\n`, 'own.yaml')),
    )
    const line = canonicalLine('r1', { ...given, cache_write_1h_tokens: 5 })
    const own = Object.fromEntries(Object.entries(line).map(([name, value]) => [`my_${name}`, value]))
    for (const attempt of [attemptOf(line), readAttempts(reader, own, { source: '', hasEscapes: false })[0]]) {
      const kept = Object.fromEntries(Object.keys(given).map(name => [name, attempt?.[name as keyof typeof attempt]]))
      assert.deepEqual(kept, { ...given, cache_write_1h_tokens: 5 })
      assert.equal(attempt?.usage_quality, 'reported')
    }
  })

  test('usage is reported when it is there and missing when it is not', () => {
    assert.equal(attemptOf(canonicalLine('r1')).usage_quality, 'reported')
    assert.equal(
      attemptOf(canonicalLine('r1', { input_tokens: undefined, output_tokens: undefined, cached_input_tokens: undefined })).usage_quality,
      'missing',
    )
  })

  test('parts beyond the whole contradict the inclusive convention and are never counted', () => {
    const attempt = attemptOf(canonicalLine('r1', { cached_input_tokens: 1000, usage_quality: 'reported' }))
    assert.deepEqual([attempt.usage_quality, attempt.input_tokens, attempt.cached_input_tokens], ['contradictory', 900, 900])
  })

  test('an error status without an outcome is an error', () => {
    const attempt = attemptOf(canonicalLine('r1', { status_code: 429 }))
    assert.deepEqual([attempt.outcome, attempt.error_class], ['error', 'provider_rate_limited'])
  })

  test('unknown fields go to extra, and attempts without a number are told apart by their start', () => {
    const attempt = attemptOf(canonicalLine('r1', { team_colour: 'blue', nested: { a: [1, null] } }))
    assert.deepEqual(JSON.parse(attempt.extra), { team_colour: 'blue', nested: { a: [1, null] } })
    assert.equal(attempt.attempt_key, `${STARTED_AT}:0`)
  })

  test('extra never exceeds its limit and says how much it left out', () => {
    const attempt = attemptOf(canonicalLine('r1', { small: 1, large: 'x'.repeat(5000), other: 2 }))
    assert.ok(attempt.extra.length <= 4096)
    assert.deepEqual(JSON.parse(attempt.extra), { small: 1, other: 2, '…': 1 })
  })

  const bad: [string, unknown, RegExp][] = [
    ['started_at', '2026-11-23', /started_at is "2026-11-23"; expected an ISO 8601 time with a zone/],
    ['started_at', 1.5, /started_at is 1\.5/],
    ['outcome', 'fine', /outcome is "fine"; expected one of "ok", "error", "rejected", "cancelled"/],
    ['attempt_no', 65536, /attempt_no is 65536/],
    ['reported_cost', '-1', /reported_cost is "-1"; expected a decimal amount/],
    ['reported_cost', 1e30, /reported_cost is 1e\+30/],
    ['tenant_id', { name: 'dept-a' }, /tenant_id is an object; expected text/],
    ['is_stream', 'maybe', /is_stream is "maybe"; expected true or false/],
    ['tenant_id', 'dept\u0000-a', /tenant_id holds a NUL character/],
    ['route', '\ud800chat', /route holds half a surrogate pair/],
  ]
  for (const [field, value, message] of bad) {
    test(`${field} ${JSON.stringify(value)} is refused`, () => {
      assert.throws(() => attemptOf(canonicalLine('r1', { [field]: value })), { code: 'LINE_FIELD_INVALID', message })
    })
  }
})

test('a tenant that stands for costs of nobody is refused, one that looks like it is not', () => {
  const line = (tenant_id: string) => ({ tenant_id, request_id: 'r-1', started_at: '2026-11-20T10:00:00Z' })
  for (const name of ['__house__', '__idle__', '__unattributed__'])
    assert.throws(() => attemptOf(line(name)), { code: 'LINE_FIELD_INVALID', message: new RegExp(`^tenant_id is ${name}, a name`) })
  for (const name of ['__house', 'idle', '__acme__', '__HOUSE__ ']) assert.equal(attemptOf(line(name)).tenant_id, name)
})

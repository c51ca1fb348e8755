import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { attemptContentColumns } from '../../../schemas/attempt.ts'
import type { FactTable, FieldRule, Line } from '../../../schemas/dialects/dialect.ts'
import { endingOfEnvoy, endingOfStatus } from '../../../schemas/dialects/error-classes.ts'
import { dialects, recogniseDialect } from '../../../schemas/dialects/registry.ts'
import { sample, sampleJson } from '../../fixtures/samples.ts'
import { canonicalLine, envoyLine, kongLine, litellmLine } from './lines.ts'
import { linesOf } from './reading.ts'

const lines: [string, Line[]][] = [
  ['canonical', [canonicalLine('r1')]],
  [
    'envoy',
    [
      envoyLine('r1'),
      sampleJson('envoy_ai_gateway_doc_line.json'),
      ...linesOf(sample('envoy_ai_gateway_access.jsonl')),
      ...linesOf(sample('envoy_retry_access.jsonl.gz')),
    ],
  ],
  ['litellm', [litellmLine('r1'), sampleJson('litellm_payload_stream.json'), sampleJson('litellm_payload_test_helper.json')]],
  [
    'kong',
    [
      kongLine('r1'),
      sampleJson('kong_log_two_tries.json'),
      sampleJson('kong_log_doc_object.json'),
      sampleJson('kong_ai_audit_doc_object.json'),
    ],
  ],
]

suite('dialect registry', () => {
  for (const [name, ofDialect] of lines) {
    test(`lines of ${name} are recognised by it alone, whatever the hint`, () => {
      for (const line of ofDialect) {
        assert.deepEqual(
          dialects.filter(dialect => dialect.recognises(line) !== false).map(dialect => dialect.name),
          [name],
        )
        for (const hint of ['', name, 'kong', 'envoy', 'no-such-dialect', '__proto__']) {
          const { reader, evidence } = recogniseDialect(line, hint)
          assert.equal(reader.dialect.name, name)
          assert.ok(evidence.length > 0)
        }
      }
    })
  }

  test('a line that nobody knows is refused with its fields', () => {
    assert.throws(() => recogniseDialect({ time: 1, message: 'hello' }), { code: 'LINE_DIALECT_UNKNOWN', message: /fields time, message/ })
    assert.throws(() => recogniseDialect({}), { code: 'LINE_DIALECT_UNKNOWN' })
  })

  test('every table maps to columns that exist, names each source once, and reads the identity', () => {
    for (const dialect of dialects) {
      for (const field of Object.keys(dialect.fields))
        assert.ok(attemptContentColumns.includes(field as never), `${dialect.name}: ${field}`)
      for (const identity of ['tenant_id', 'request_id', 'started_at'] as const) assert.ok(dialect.fields[identity] !== undefined)
      for (const rule of Object.values({ ...dialect.fields, ...dialect.facts } as FactTable) as FieldRule[]) {
        assert.equal(new Set(rule.from).size, rule.from.length, `${dialect.name}: ${rule.from.join(', ')}`)
        assert.ok(rule.from.length > 0)
      }
    }
  })
})

suite('error classes', () => {
  const envoyCases: [number, string, boolean, string, string][] = [
    [0, '-', true, 'cancelled', 'client_cancelled'],
    [0, 'UT', true, 'cancelled', 'client_cancelled'],
    [429, 'RL', false, 'rejected', 'gateway_rejected'],
    [503, 'URX,UF', true, 'error', 'retries_exhausted'],
    [503, 'UpstreamConnectionFailure', false, 'error', 'connect_or_reset'],
    [503, 'UO', false, 'error', 'no_capacity'],
    [503, 'UO', true, 'error', 'provider_error'],
    [403, 'UAEX', false, 'rejected', 'auth'],
    [404, 'NR', false, 'rejected', 'client_error'],
    [504, 'UT', false, 'error', 'timeout'],
    [200, 'DI', true, 'ok', ''],
  ]
  for (const [status, flags, isFromUpstream, outcome, error_class] of envoyCases) {
    test(`Envoy ${status} ${flags} is ${outcome} ${error_class}`, () => {
      assert.deepEqual(endingOfEnvoy(status, flags, isFromUpstream), { outcome, error_class })
    })
  }

  test('the same status means another thing from the gateway than from the upstream', () => {
    assert.deepEqual(endingOfStatus(429, true), { outcome: 'error', error_class: 'provider_rate_limited' })
    assert.deepEqual(endingOfStatus(429, false), { outcome: 'rejected', error_class: 'gateway_rejected' })
    assert.deepEqual(endingOfStatus(529, true), { outcome: 'error', error_class: 'provider_overloaded' })
    assert.deepEqual(endingOfStatus(401, true), { outcome: 'error', error_class: 'auth' })
    assert.deepEqual(endingOfStatus(302, true), { outcome: 'ok', error_class: '' })
  })
})

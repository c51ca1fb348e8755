/**
 * Published and derived samples of every further dialect: read into the rows stated here, or refused or skipped for the reason stated here.
 */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { suite, test } from 'node:test'
import type { AttemptRow } from '../../../schemas/attempt.ts'
import type { Line } from '../../../schemas/dialects/dialect.ts'
import { dialects } from '../../../schemas/dialects/registry.ts'
import { decodeAccessLog } from '../../../services/worker/decode/decode-lines.ts'
import { openLines } from '../../../services/worker/decode/steps.ts'
import { sample, sampleJson } from '../../fixtures/samples.ts'
import { accessRecord, anyTime } from '../../worker/records.ts'

const decode = (bytes: string | Uint8Array) => decodeAccessLog(accessRecord(bytes), anyTime)
const tokensOf = (row: AttemptRow | undefined) =>
  row && [row.input_tokens, row.cached_input_tokens, row.cache_write_tokens, row.output_tokens, row.reasoning_tokens, row.usage_quality]
const folder = (name: string) => readdirSync(new URL(`../../fixtures/samples/${name}/`, import.meta.url)).map(file => `${name}/${file}`)

/** The one dead letter of a sample that gives nothing else. */
function refusal(bytes: string | Uint8Array): { code: string; message: string } {
  const { rows, deadLetters, skipped, lines } = decode(bytes)
  assert.deepEqual([lines, rows.length, deadLetters.length, skipped.length], [1, 0, 1, 0])
  return deadLetters[0] as { code: string; message: string }
}

suite('samples of OTLP', () => {
  const { rows, deadLetters, skipped, lines } = decode(sample('otlp_genai_spans.json'))

  test('six spans of an export request are six lines', () => {
    assert.deepEqual([lines, rows.length, deadLetters.length, skipped.length], [6, 6, 0, 0])
    assert.ok(rows.every(row => row.tenant_id === 'acme' && row.trace_id === '5b8efff798038103d269b633813fc60c'))
    assert.equal(new Set(rows.map(row => row.request_id)).size, 6)
  })

  test('current, newer, legacy, exclusive, failed and the engine’s own spans are read in one convention', () => {
    assert.deepEqual(rows.map(tokensOf), [
      [1200, 800, 100, 210, 0, 'reported'],
      [1200, 800, 100, 210, 0, 'reported'],
      [1200, 0, 0, 210, 0, 'reported'],
      [1200, 800, 100, 210, 0, 'reported'],
      [0, 0, 0, 0, 0, 'missing'],
      [1200, 0, 0, 210, 0, 'reported'],
    ])
    assert.deepEqual(
      rows.map(row => [row.provider, row.upstream_kind, row.outcome, row.error_class]),
      [
        ['anthropic', 'provider', 'ok', ''],
        ['anthropic', 'provider', 'ok', ''],
        ['openai', 'provider', 'ok', ''],
        ['anthropic', 'provider', 'ok', ''],
        ['openai', 'provider', 'error', 'provider_rate_limited'],
        ['', 'pool', 'ok', ''],
      ],
    )
  })

  test('times come from nanoseconds and seconds', () => {
    const [first] = rows
    assert.deepEqual(
      [first?.started_at, first?.ended_at, first?.duration_ms, first?.ttft_ms, first?.is_stream, first?.finish_reason, first?.endpoint],
      [1787230800000, 1787230801840, 1840, 420, true, 'stop', 'api.anthropic.com:443'],
    )
    assert.deepEqual([rows[5]?.queue_ms, rows[5]?.ttft_ms, rows[5]?.pool], [51, 281, 'Qwen/Qwen3-32B'])
  })

  test('a span alone, without tenant and times, is refused for its tenant', () => {
    for (const name of folder('openinference')) {
      const { code, message } = refusal(sample(name))
      assert.equal(code, 'LINE_FIELD_MISSING', name)
      assert.match(message, /tenant_id is missing; the dialect otlp-span reads it from attributes\/tenant\.id/)
    }
  })

  const spans: [name: string, tokens: unknown[], model: string, outcome: string, error: string][] = [
    ['chat-basic', [8, 0, 0, 377, 320, 'reported'], 'gpt-5-nano-2025-08-07', 'ok', ''],
    ['chat-detailed-usage', [12, 0, 0, 100, 100, 'reported'], 'gpt-5-nano-2025-08-07', 'ok', ''],
    ['chat-reasoning', [27, 0, 0, 267, 192, 'reported'], 'gpt-5-nano-2025-08-07', 'ok', ''],
    ['chat-streaming', [0, 0, 0, 0, 0, 'missing'], 'gpt-5-nano-2025-08-07', 'ok', ''],
    ['chat-bad-request', [0, 0, 0, 0, 0, 'missing'], '', 'error', 'client_error'],
    ['chat-unknown-model', [0, 0, 0, 0, 0, 'missing'], '', 'error', 'client_error'],
  ]
  for (const [name, tokens, model, outcome, error] of spans) {
    test(`OpenInference ${name} is read once it has a tenant, an identity and times`, () => {
      const span = sampleJson<Record<string, unknown>>(`openinference/${name}.json`)
      const [row] = decode(
        JSON.stringify({
          ...span,
          traceId: '5b8efff798038103d269b633813fc60c',
          spanId: '00f067aa0ba902b7',
          startTimeUnixNano: '1787230800000000000',
          endTimeUnixNano: '1787230801000000000',
          attributes: [...(span['attributes'] as unknown[]), { key: 'tenant.id', value: { stringValue: 'acme' } }],
        }),
      ).rows
      assert.deepEqual(tokensOf(row), tokens)
      assert.deepEqual([row?.response_model, row?.provider, row?.outcome, row?.error_class], [model, 'openai', outcome, error])
      assert.ok(!JSON.stringify(row).includes('How can I help'))
    })
  }

  test('lists of attribute names are no lines, and every usage attribute in them is read', () => {
    const read = new Set(dialects.flatMap(({ fields, facts }) => Object.values({ ...fields, ...facts }).flatMap(rule => rule.from)))
    for (const name of folder('semconv')) {
      assert.equal(refusal(sample(name)).code, 'LINE_DIALECT_UNKNOWN', name)
      const names =
        sample(name)
          .toString('utf8')
          .match(/gen_ai\.usage\.[a-z_.]+/g) ?? []
      for (const attribute of names) assert.ok(read.has(`attributes/${attribute}`), attribute)
    }
  })
})

suite('samples of gateways and engines', () => {
  test('the documented access log of APISIX names nobody to charge; with a consumer it is read', () => {
    const { code, message } = refusal(sample('apisix_access_log_doc_line.txt'))
    assert.equal(code, 'LINE_FIELD_MISSING')
    assert.match(message, /tenant_id is missing; the dialect apisix/)
    const [record] = openLines(accessRecord(sample('apisix_access_log_doc_line.txt')), anyTime)
    const [row] = decode(JSON.stringify({ ...(record?.value as object), consumer_name: 'acme' })).rows
    assert.deepEqual(tokensOf(row), [23, 0, 0, 8, 0, 'reported'])
    assert.deepEqual(
      [row?.request_id, row?.started_at, row?.duration_ms, row?.provider, row?.operation, row?.ttft_ms, row?.status_code],
      ['5c5e0b95f8d303cb81e4dc456a4b12d9', Date.parse('2025-03-21T04:28:00.142Z'), 2858, 'openai', 'chat', null, 200],
    )
  })

  test('Dynamo’s request_end has no tenant of its own, its payload event is skipped', () => {
    assert.match(refusal(sample('dynamo_request_end_doc.json')).message, /tenant_id is missing; the dialect dynamo/)
    assert.deepEqual(decode(sample('dynamo_request_payload_doc.json')).skipped, ['payload'])
    const [row] = decode(JSON.stringify({ ...sampleJson<object>('dynamo_request_end_doc.json'), tenant_id: 'acme' })).rows
    // input_length of the replay block, output_tokens, and the time between receipt and event.
    assert.deepEqual([tokensOf(row), row?.duration_ms, row?.request_id], [[128, 0, 0, 16, 0, 'reported'], 1000, 'dynamo-request-id'])
  })

  test('Higress’ ai_log alone has neither tenant nor time; inside an access log it is read', () => {
    const { lines, deadLetters } = decode(sample('higress_ai_log_doc_lines.jsonl'))
    assert.equal(lines, 5)
    assert.deepEqual(
      deadLetters.map(letter => letter.code),
      Array(5).fill('LINE_FIELD_MISSING'),
    )
    const log = {
      start_time: '2026-08-20T13:00:00Z',
      request_id: 'r1',
      path: '/v1/chat/completions',
      response_code: 200,
      response_flags: '-',
      consumer: 'acme',
    }
    const rows = sample('higress_ai_log_doc_lines.jsonl')
      .toString('utf8')
      .trim()
      .split('\n')
      .map(line => decode(JSON.stringify({ ...log, ...(JSON.parse(line) as object) })).rows[0])
    assert.deepEqual(rows.map(tokensOf), [
      [10, 0, 0, 69, 0, 'reported'],
      [10, 0, 0, 69, 0, 'reported'],
      [100, 80, 0, 50, 25, 'reported'],
      [343, 0, 0, 153, 0, 'reported'],
      [0, 0, 0, 0, 0, 'missing'],
    ])
    assert.deepEqual(
      rows.map(row => [row?.response_model, row?.ttft_ms, row?.upstream_ms]),
      [
        ['qwen-turbo', 309, 1955],
        ['qwen-turbo', 309, 1955],
        ['gpt-4o', null, 2000],
        ['qwen-max', null, 19110],
        ['deepseek-reasoner', null, null],
      ],
    )
    assert.ok(!JSON.stringify(rows).includes('Beijing'))
  })

  test('a provider’s answer without Weir’s own fields around it is no line', () => {
    for (const name of folder('provider_bodies')) {
      const { rows, deadLetters } = decode(sample(name))
      assert.equal(rows.length, 0, name)
      assert.ok(
        deadLetters.every(({ code }) => code === 'LINE_DIALECT_UNKNOWN' || code === 'LINE_NOT_JSON'),
        name,
      )
    }
  })

  test('every line of every sample is recognised by one dialect at most', () => {
    for (const name of [
      ...folder('openinference'),
      ...folder('semconv'),
      ...folder('provider_bodies'),
      ...folder('.').filter(file => /\.(json|jsonl|ndjson)(\.gz)?$/.test(file)),
    ]) {
      for (const { value } of openLines(accessRecord(sample(name)), { maxLineBytes: 1024 * 1024 })) {
        if (typeof value !== 'object' || value === null || Array.isArray(value)) continue
        const names = dialects.filter(dialect => dialect.recognises(value as Line) !== false).map(dialect => dialect.name)
        assert.ok(names.length <= 1, `${name}: ${names.join(', ')}`)
      }
    }
  })
})

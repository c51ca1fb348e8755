/**
 * What makes a line the same call as another, in every dialect: never the same when they started at different instants, always when one was
 * sent again.
 */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import type { AttemptContent } from '../../../schemas/attempt.ts'
import { buildMappedDialect } from '../../../schemas/dialects/custom/mapped-dialect.ts'
import { parseMapping } from '../../../schemas/dialects/custom/mapping-file.ts'
import { buildReader } from '../../../schemas/dialects/field-table.ts'
import { readAttempts } from '../../../schemas/dialects/read-attempts.ts'
import { dialects } from '../../../schemas/dialects/registry.ts'
import { canonicalLine, envoyLine, kongLine, litellmLine } from './lines.ts'
import { attemptsOf, identityOf } from './reading.ts'

type Line = Record<string, unknown>
/** One call: all that differs between the lines of one shared id is when it started (ms) and how much went in. */
interface Call {
  at: number
  input: number
}

const iso = (ms: number) => new Date(ms).toISOString()
const spanOf = (call: Call, form: 'span' | 'event'): Line => ({
  otlp: form,
  trace_id: '5b8efff798038103d269b633813fc60c',
  span_id: '00f067aa0ba902b7',
  start_unix_nano: `${call.at}000000`,
  end_unix_nano: `${call.at + 900}000000`,
  time_unix_nano: `${call.at}000000`,
  attributes: {
    'tenant.id': 'acme',
    'request.id': 'shared',
    'gen_ai.operation.name': 'chat',
    'gen_ai.usage.input_tokens': call.input,
    'gen_ai.usage.output_tokens': 10,
  },
  resource: {},
})

/** A line of every dialect, all under one id that a client sent with several calls. */
const linesOfCall: Readonly<Record<string, (call: Call) => Line>> = {
  canonical: ({ at, input }) => canonicalLine('shared', { started_at: iso(at), input_tokens: input, cached_input_tokens: 0 }),
  envoy: ({ at, input }) => envoyLine('shared', { start_time: iso(at), 'gen_ai.usage.input_tokens': input }),
  higress: ({ at, input }) => ({
    ...envoyLine('shared', { start_time: iso(at) }),
    ai_log: JSON.stringify({ model: 'qwen', input_token: String(input), output_token: '50' }),
  }),
  litellm: ({ at, input }) =>
    litellmLine('shared', { startTime: at / 1000, endTime: (at + 900) / 1000, prompt_tokens: input, total_tokens: input + 120 }),
  'litellm-spend-logs': ({ at, input }) => ({
    request_id: 'shared',
    call_type: 'acompletion',
    startTime: iso(at).replace('T', ' ').replace('Z', ''),
    endTime: iso(at + 900)
      .replace('T', ' ')
      .replace('Z', ''),
    spend: 0.1,
    team_id: 'acme',
    prompt_tokens: input,
    completion_tokens: 10,
    status: 'success',
    metadata: '{}',
  }),
  kong: ({ at, input }) => {
    const { ai, ...line } = kongLine('shared', { started_at: at }) as { ai: { proxy: { usage: Line } } } & Line
    return { ...line, ai: { proxy: { ...ai.proxy, usage: { ...ai.proxy.usage, prompt_tokens: input, total_tokens: input + 120 } } } }
  },
  apisix: ({ at, input }) => ({
    apisix_request_id: 'shared',
    consumer: { username: 'acme' },
    start_time: at,
    latency: 900,
    request_type: 'ai_chat',
    llm_summary: { request_model: 'gpt-4o', model: 'gpt-4o', prompt_tokens: input, completion_tokens: 10 },
    response: { status: 200 },
    request: { uri: '/v1/chat/completions' },
  }),
  agentgateway: ({ at, input }) => ({
    'http.status': 200,
    duration: '900ms',
    listener: 'l',
    route: 'chat',
    protocol: 'llm',
    tenant_id: 'acme',
    'x-request-id': 'shared',
    'gen_ai.usage.input_tokens': input,
    'gen_ai.usage.output_tokens': 10,
    time: iso(at + 900),
  }),
  portkey: ({ at, input }) => ({
    id: 'shared',
    workspace_slug: 'acme',
    created_at: iso(at),
    ai_org: 'openai',
    ai_model: 'gpt-4o',
    req_units: input,
    res_units: 10,
    response_status_code: 200,
  }),
  cloudflare: ({ at, input }) => ({
    id: `cf-${at}`,
    event_id: 'shared',
    created_at: iso(at),
    provider: 'openai',
    model: 'gpt-4o',
    status_code: 200,
    success: true,
    cached: false,
    tokens_in: input,
    tokens_out: 10,
    metadata: '{"tenant_id":"acme"}',
  }),
  dynamo: ({ at, input }) => ({
    schema: 'dynamo.request.trace.v1',
    event_type: 'request_end',
    tenant_id: 'acme',
    request: {
      x_request_id: 'shared',
      request_id: 'd-1',
      request_received_ms: at,
      model: 'llama',
      input_tokens: input,
      output_tokens: 10,
      total_time_ms: 900,
    },
  }),
  sglang: ({ at, input }) => ({
    request_parameters: '{"rid":"shared","custom_labels":{"tenant_id":"acme"}}',
    id: 'shared',
    finish_reason: { type: 'stop' },
    prompt_tokens: input,
    completion_tokens: 10,
    e2e_latency: 0.9,
    request_received_ts: at / 1000,
  }),
  'otlp-span': call => spanOf(call, 'span'),
  'otlp-event': call => spanOf(call, 'event'),
  'provider-response': ({ at, input }) => ({
    tenant_id: 'acme',
    request_id: 'shared',
    started_at: iso(at),
    response: { model: 'gpt-4o', choices: [{ finish_reason: 'stop' }], usage: { prompt_tokens: input, completion_tokens: 10 } },
  }),
}

const calls = fc.uniqueArray(fc.record({ at: fc.integer({ min: 0, max: 120_000 }), input: fc.integer({ min: 1_000, max: 1_000_000 }) }), {
  minLength: 1,
  maxLength: 6,
  selector: call => call.at,
})
const START = Date.parse('2026-11-23T17:26:00.000Z')

function reordered(line: Line): Line {
  return Object.fromEntries(Object.entries(line).reverse())
}

suite('identity of a call', () => {
  test('every dialect has a line here', () => {
    assert.deepEqual(Object.keys(linesOfCall).sort(), dialects.map(dialect => dialect.name).sort())
  })

  for (const [dialect, lineOf] of Object.entries(linesOfCall)) {
    test(`${dialect}: calls that started at different instants never merge, and a resend never counts twice`, () => {
      fc.assert(
        fc.property(calls, fc.integer({ min: 1, max: 3 }), (made, sendings) => {
          const lines = made.map(call => lineOf({ ...call, at: START + call.at }))
          const sent = lines.flatMap(line => [line, ...Array.from({ length: sendings }, () => reordered(line))])
          const attempts = sent.flatMap(attemptsOf)
          const kept = new Map(attempts.map(attempt => [identityOf(attempt), attempt]))
          assert.equal(kept.size, made.length)
          const input = [...kept.values()].reduce((sum, attempt) => sum + attempt.input_tokens, 0)
          assert.equal(
            input,
            made.reduce((sum, call) => sum + call.input, 0),
          )
        }),
        { numRuns: 60 },
      )
    })
  }

  test('a line that is a request joins with nothing; only lines whose gateway writes several for a request may join', () => {
    const joining = Object.entries(linesOfCall).filter(([, lineOf]) =>
      attemptsOf(lineOf({ at: START, input: 1000 })).some(one => !one.is_sole_row),
    )
    assert.deepEqual(joining.map(([dialect]) => dialect).sort(), [
      'canonical',
      'cloudflare',
      'litellm',
      'otlp-event',
      'otlp-span',
      'provider-response',
    ])
    const tries = [1, 2].map(no => ({ ip: '10.0.0.1', port: 443, balancer_start: START + no }))
    const split = attemptsOf(kongLine('r', { tries, upstream_status: '503, 200' }))
    assert.deepEqual(
      split.map(attempt => [attempt.is_sole_row, attempt.request_id]),
      [
        [false, 'r'],
        [false, 'r'],
      ],
    )
  })

  test('a span’s x-request-id, which clients send with many calls, names it and joins nothing', () => {
    const { attributes, ...span } = spanOf({ at: START, input: 1000 }, 'span') as { attributes: Line } & Line
    const { 'request.id': _shared, ...own } = attributes
    for (const [name, value] of [
      ['x-request-id', 'x-1'],
      ['http.request.header.x-request-id', ['x-1']],
    ] as const) {
      const [attempt] = attemptsOf({ ...span, attributes: { ...own, [name]: value } })
      assert.deepEqual([attempt?.request_id, attempt?.is_sole_row], ['x-1', true])
    }
    const [alone] = attemptsOf({ ...span, attributes: own })
    assert.deepEqual([alone?.request_id, alone?.is_sole_row], [`${span['trace_id']}:${span['span_id']}`, true])
  })

  test('a mapping of your own: likewise, and the text of a time is no part of the identity', () => {
    const mapping = parseMapping(
      'name: own\nrecognise: [who]\nfields:\n  tenant_id: who\n  request_id: id\n  started_at: at\n  input_tokens: in\n',
      'own.yaml',
    )
    const reader = buildReader(buildMappedDialect(mapping))
    const read = (at: unknown) =>
      readAttempts(reader, { who: 'acme', id: 'shared', at, in: 5 }, { source: '', hasEscapes: false })[0] as AttemptContent
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 1, max: 100_000 }), (at, later) => {
        const forms = [START + at, iso(START + at), iso(START + at).replace('Z', '000+00:00'), (START + at) / 1000]
        assert.equal(new Set(forms.map(form => identityOf(read(form)))).size, 1)
        assert.notEqual(identityOf(read(START + at)), identityOf(read(START + at + later)))
      }),
    )
  })

  test('one instant in all its forms is one start: LiteLLM’s number of seconds and its texts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999 }), microseconds => {
        const fraction = String(microseconds).padStart(6, '0')
        const forms = [Number(`1795454777.${fraction}`), `2026-11-23 17:26:17.${fraction}`, `2026-11-23T17:26:17.${fraction}Z`]
        const starts = forms.map(startTime => attemptsOf(litellmLine('r', { startTime, endTime: 1795454779 }))[0]?.started_at)
        assert.deepEqual(starts, Array(3).fill(1795454777000 + Math.floor(microseconds / 1000)))
      }),
    )
  })
})

suite('lines without an id', () => {
  const withoutId: Readonly<Record<string, Line>> = {
    envoy: envoyLine('', { 'x-request-id': undefined }),
    kong: { ...kongLine('r'), request: { uri: '/v1/chat/completions' } },
    litellm: litellmLine('', { id: 'None', trace_id: null, litellm_call_id: null }),
  }

  for (const [dialect, line] of Object.entries(withoutId)) {
    test(`${dialect}: all it says is its identity, in whatever order its fields come`, () => {
      const [first] = attemptsOf(line)
      const nested = Object.fromEntries(
        Object.entries(reordered(line)).map(([name, value]) => [name, isPlain(value) ? reordered(value) : value]),
      )
      const [again] = attemptsOf(nested)
      const [other] = attemptsOf({ ...line, note: 'one field more' })
      assert.match(first?.request_id ?? '', /^line-[0-9a-f]{24}$/)
      assert.equal(again?.request_id, first?.request_id)
      assert.notEqual(other?.request_id, first?.request_id)
    })
  }

  test('Weir’s own lines have one or are refused', () => {
    assert.throws(() => attemptsOf(canonicalLine('', { response: undefined })), { code: 'LINE_FIELD_MISSING' })
  })
})

function isPlain(value: unknown): value is Line {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import type { Line } from '../../../schemas/dialects/dialect.ts'
import { lineLists } from '../../../schemas/envelopes/line-lists.ts'
import { MAX_ENVELOPES, openEnvelope, openText } from '../../../schemas/envelopes/open.ts'
import { textPrefixes } from '../../../schemas/envelopes/text-prefixes.ts'
import { envoyLine } from '../dialects/lines.ts'

const lines = ['a', 'b'].map(id => envoyLine(id))
const [first] = lines
const texts = lines.map(line => JSON.stringify(line))
const [text = ''] = texts
const agentgateway = '2026-08-20T13:00:01.840000Z info request gateway=default/gw http.status=200 gen_ai.request.model=m'

suite('envelopes around many lines', () => {
  const envelopes: [string, Line][] = [
    ['cloudwatch-events', { events: texts.map(message => ({ message, timestamp: 1, eventId: '0' })), nextToken: 'n' }],
    [
      'cloudwatch-subscription',
      { messageType: 'DATA_MESSAGE', owner: '1', logEvents: texts.map(message => ({ id: '0', timestamp: 1, message })) },
    ],
    [
      'loki-query',
      { status: 'success', data: { resultType: 'streams', result: texts.map(one => ({ stream: { app: 'gw' }, values: [['1', one]] })) } },
    ],
    ['loki-push', { streams: [{ stream: { app: 'gw' }, values: texts.map(one => ['1', one, { trace: 't' }]) }] }],
  ]
  for (const [name, envelope] of envelopes) {
    test(`${name} gives each line`, () =>
      assert.deepEqual(
        openEnvelope(envelope),
        lines.map(value => ({ value })),
      ))
  }

  test('each known one is tried above', () =>
    assert.deepEqual(
      envelopes.map(([name]) => name),
      lineLists.map(({ name }) => name),
    ))

  test('text in one of the lines is skipped, a cut line refused, and their neighbours are kept', () => {
    const message = (one: unknown) => ({ id: '0', message: one })
    const opened = openEnvelope({ messageType: 'DATA_MESSAGE', logEvents: ['starting', text.slice(0, 80), text, 7].map(message) })
    assert.deepEqual(
      opened?.map(one => ('fault' in one ? one.fault.code : 'skip' in one ? one.skip : one.value)),
      ['other_text', 'LINE_NOT_JSON', first, 'other_text'],
    )
  })

  test('what only looks alike is left as it is', () => {
    for (const line of [
      { events: [1] },
      { events: [{ message: 'x' }] },
      { logEvents: [{ id: 1, message: 'x' }] },
      { data: { result: [] } },
      { streams: [{}] },
    ])
      assert.equal(openEnvelope(line), undefined, JSON.stringify(line))
  })
})

test('Cloud Logging and logcli hold one line each', () => {
  const beside = { insertId: 'i', resource: { type: 'k8s_container' }, logName: 'projects/p/logs/stdout' }
  for (const envelope of [
    { ...beside, jsonPayload: first },
    { ...beside, textPayload: `${text}\n` },
    { labels: {}, line: text, timestamp: '2026-11-20T10:00:00Z' },
  ])
    assert.deepEqual(openEnvelope(envelope), [{ value: first }])
})

suite('text before a line', () => {
  const prefixes: [string, string][] = [
    ['kubectl', '[pod/envoy-7f/envoy] '],
    ['kubectl', '[pod/envoy-7f/envoy] 2026-11-20T10:00:00.123456789Z '],
    ['syslog-5424', '<134>1 2026-11-20T10:00:00Z node1 envoy 1 - - '],
    ['syslog-5424', '<165>1 2026-11-20T10:00:00.003Z h app 8710 ID47 [ex@32473 iut="3" text="a \\] \\" b"][more@1] \uFEFF'],
    ['syslog-5424', '412 <134>1 - - - - - - '],
    ['syslog-3164', '<34>Nov 20 10:00:00 node1 envoy[117]: '],
    ['syslog-3164', 'Nov  2 10:00:00 node1 docker: '],
    ['compose', 'gateway-1  | '],
    ['compose', 'gateway-1  | 2026-11-20T10:00:00.123456789Z '],
    ['logcli', '2026-11-20T10:00:00Z {app="gw", pod="a \\"b\\" {c}"} '],
    ['logcli', '2026-11-20T10:00:00+01:00 {} '],
    ['aws-tail', '2026-11-20T10:00:00.123000+00:00 ecs/gateway/0f1e2d '],
    ['timestamps', '2026-11-20T10:00:00.123456789Z '],
  ]
  for (const [name, prefix] of prefixes) {
    test(`${name} ${JSON.stringify(prefix)} is taken off, before JSON and before a text form`, () => {
      assert.deepEqual(openText(`${prefix}${text}`), [{ value: first }])
      if (name !== 'aws-tail') assert.deepEqual(openText(`${prefix}${agentgateway}`), openText(agentgateway))
      assert.deepEqual(
        openText(`${prefix}${text.slice(0, 90)}`)?.map(one => 'fault' in one && one.fault.code),
        ['LINE_NOT_JSON'],
      )
    })
  }

  test('each known one is tried above', () => {
    assert.deepEqual(
      [...new Set(prefixes.map(([name]) => name))],
      textPrefixes.map(({ name }) => name),
    )
  })

  test('other text is skipped behind what only wrappers write, and refused where a program may write so itself', () => {
    const other = 'starting main dispatch loop'
    for (const [name, prefix] of prefixes) {
      const isSure = textPrefixes.find(known => known.name === name)?.isSure
      assert.deepEqual(openText(prefix + other), isSure ? [{ skip: 'other_text' }] : undefined, name)
    }
    const ofEnvoy = '[2025-08-28 13:25:37.469][116][warning][config] [source/ratelimit_config.cc:93] No token bucket'
    for (const known of [ofEnvoy, 'Defaulted container "envoy" out of: envoy, shutdown-manager']) {
      assert.deepEqual(openText(known), [{ skip: 'other_text' }])
      assert.deepEqual(openText(`2026-11-20T10:00:00Z ${known}`), [{ skip: 'other_text' }])
    }
  })

  test('prefixes before prefixes are taken off only so deep, and long ones at once', () => {
    const time = '2026-11-20T10:00:00Z '
    assert.deepEqual(openText(`${time.repeat(MAX_ENVELOPES)}${text}`), [{ value: first }])
    assert.equal(openText(`${time.repeat(MAX_ENVELOPES + 2)}${text}`), undefined)
    for (const hostile of [
      time.repeat(40_000),
      `<1>1 ${'a '.repeat(200_000)}`,
      `${time}{${'a="b",'.repeat(150_000)}`,
      `<1>1 a a a a a [x${' y="'.repeat(200_000)}`,
    ])
      openText(hostile)
  })

  test('any text ends as lines, skipped, refused or as of no known form', () => {
    const prefix = fc.constantFrom('', ...prefixes.map(([, one]) => one))
    const payload = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(text, agentgateway, '{', '[{'), fc.json())
    fc.assert(
      fc.property(fc.array(prefix, { maxLength: 3 }), payload, (before, after) => {
        const opened = openText(before.join('') + after)
        assert.ok(opened === undefined || opened.every(one => 'value' in one || 'fault' in one || 'skip' in one))
      }),
      { numRuns: 300 },
    )
  })
})

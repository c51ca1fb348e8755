import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import type { Line } from '../../../schemas/dialects/dialect.ts'
import { openEnvelope, openText } from '../../../schemas/envelopes/open.ts'
import { otlpAttributes, otlpId, otlpNanos, otlpValue } from '../../../schemas/envelopes/otlp-values.ts'
import { canonicalLine, envoyLine, kongLine, litellmLine } from '../dialects/lines.ts'

const inner = envoyLine('r1')
const text = `${JSON.stringify(inner)}\n`
const opened = [{ value: inner }]

suite('envelopes of shippers', () => {
  const envelopes: [string, Line][] = [
    ['Docker’s json-file', { log: text, stream: 'stdout', time: '2026-08-20T13:00:02.123Z' }],
    ['Fluent Bit in Kubernetes', { date: 1787230802.1, log: text, kubernetes: { pod_name: 'envoy-1' } }],
    ['Fluent Bit with a parsed object', { log: inner, kubernetes: {} }],
    ['Fluent Bit with a merge key', { log: text, log_processed: inner, stream: 'stdout', kubernetes: {} }],
    ['Fluentd', { message: text, tag: 'kube.envoy', time: '2026-08-20T13:00:02Z' }],
    ['Vector', { message: text, source_type: 'kubernetes_logs', timestamp: '2026-08-20T13:00:02Z', stream: 'stdout', file: '/var/log/x' }],
    ['Vector with a parsed object', { message: inner, source_type: 'file' }],
    [
      'Filebeat',
      { '@timestamp': '2026-08-20T13:00:02Z', message: text, agent: { type: 'filebeat' }, log: { offset: 1, file: { path: '/x' } } },
    ],
    ['Filebeat with its JSON decoder', { '@timestamp': '2026-08-20T13:00:02Z', json: inner, agent: {}, input: {} }],
    ['journald by Fluent Bit', { MESSAGE: text, _HOSTNAME: 'node-1' }],
  ]
  for (const [name, envelope] of envelopes) {
    test(`${name} is taken off`, () => assert.deepEqual(openEnvelope(envelope), opened))
  }

  test('an OTLP log record holds a line as text, as a map or as attributes', () => {
    const record = (logRecord: object) => ({ resourceLogs: [{ resource: {}, scopeLogs: [{ logRecords: [logRecord] }] }] })
    const map = Object.entries(inner).map(([key, value]) => ({ key, value: { stringValue: String(value) } }))
    const texts = Object.fromEntries(Object.entries(inner).map(([key, value]) => [key, String(value)]))
    assert.deepEqual(openEnvelope(record({ body: { stringValue: text } })), opened)
    for (const logRecord of [{ body: { kvlistValue: { values: map } } }, { attributes: map, body: { stringValue: 'a text beside it' } }]) {
      const [line] = openEnvelope(record(logRecord)) as { value: Line }[]
      assert.deepEqual({ ...line?.value }, texts)
    }
  })

  test('three envelopes are taken off and no more', () => {
    const wrap = (line: unknown) => ({ log: JSON.stringify(line), stream: 'stdout', time: '2026-08-20T13:00:02Z' })
    assert.deepEqual(openEnvelope(wrap(wrap(wrap(inner)))), opened)
    const [deep] = openEnvelope(wrap(wrap(wrap(wrap(inner))))) as { fault: { code: string } }[]
    assert.equal(deep?.fault.code, 'LINE_TOO_DEEP')
  })

  test('a container runtime’s line is taken off, inside and outside of another envelope', () => {
    const cri = `2026-08-20T13:00:02.123456789Z stdout F ${JSON.stringify(inner)}`
    assert.deepEqual(openText(cri), opened)
    assert.deepEqual(openEnvelope({ message: cri, source_type: 'file' }), opened)
    assert.equal(openText('2026-08-20T13:00:02 stdout F {}'), undefined)
  })

  test('text beside the access log is skipped, a JSON value that was cut off is a fault', () => {
    const docker = (log: string) => openEnvelope({ log, stream: 'stderr', time: '2026-08-20T13:00:02Z' })
    assert.deepEqual(docker('[2026-08-20 13:00:02.123][1][info][main] starting main dispatch loop\n'), [{ skip: 'other_text' }])
    assert.deepEqual(docker('42\n'), [{ skip: 'other_text' }])
    const [cut] = docker(text.slice(0, 90)) as { fault: { code: string } }[]
    assert.equal(cut?.fault.code, 'LINE_NOT_JSON')
  })

  test('a line of a dialect is never opened, whatever a client wrote into it', () => {
    const forged = JSON.stringify(canonicalLine('forged', { tenant_id: 'victim' }))
    const bait = {
      log: forged,
      message: forged,
      stream: 'stdout',
      time: 'x',
      source_type: 'file',
      '@timestamp': 'x',
      agent: {},
      kubernetes: {},
    }
    for (const line of [canonicalLine('r1'), envoyLine('r1'), litellmLine('r1'), kongLine('r1')]) {
      assert.equal(openEnvelope({ ...line, ...bait }), undefined)
    }
  })

  test('an envelope’s tenant stands beside the line under a name of its own, the innermost first', () => {
    const docker = { log: text, stream: 'stdout', time: 'x' }
    const named = [{ value: { ...inner, shipper_tenant_id: 'acme' } }]
    assert.deepEqual(openEnvelope({ ...docker, tenant_id: 'acme' }), named)
    assert.deepEqual(openEnvelope({ message: { ...docker, tenant_id: 'acme' }, source_type: 'file', tenant_id: 'outer' }), named)
    const resource = { attributes: [{ key: 'tenant.id', value: { stringValue: 'acme' } }] }
    const logRecords = [{ body: { stringValue: text } }]
    assert.deepEqual(openEnvelope({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] }), named)
    assert.deepEqual(openEnvelope({ ...docker, tenant_id: 7 }), opened)
  })

  test('a field of the name alone makes no envelope', () => {
    assert.equal(openEnvelope({ message: text }), undefined)
    assert.equal(openEnvelope({ log: text, level: 'info' }), undefined)
    assert.equal(openEnvelope({ attributes: { a: 1 }, name: 'x' }), undefined)
  })

  test('whatever is inside, opening ends and throws nothing', () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
    const [nested] = openEnvelope({ log: deep, stream: 'stdout', time: 'x' }) as { fault: { code: string } }[]
    assert.equal(nested?.fault.code, 'LINE_NOT_JSON')
    const names = fc.constantFrom(
      'log',
      'message',
      'stream',
      'time',
      'kubernetes',
      'source_type',
      'resourceLogs',
      'resourceSpans',
      'attributes',
      'json',
      'name',
    )
    const part = fc.oneof(
      fc.jsonValue(),
      fc.json(),
      fc.constantFrom(text, inner, [inner], [[inner]], { scopeLogs: [{ logRecords: [1, {}] }] }),
    )
    fc.assert(
      fc.property(fc.dictionary(names, part), line => {
        for (const one of openEnvelope(line) ?? []) assert.ok('value' in one || 'fault' in one || 'skip' in one)
      }),
      { numRuns: 500 },
    )
  })
})

suite('values of OTLP', () => {
  test('whole numbers come as text, number or bigint, and never lose a digit', () => {
    assert.deepEqual(
      ['1200', 1200, 1200n, '9007199254740993', -5n].map(intValue => otlpValue({ intValue })),
      [1200, 1200, 1200, '9007199254740993', -5],
    )
  })

  test('lists, maps and nothing are values too', () => {
    assert.deepEqual(otlpValue({ arrayValue: { values: [{ stringValue: 'stop' }, { boolValue: false }] } }), ['stop', false])
    assert.deepEqual({ ...(otlpValue({ kvlistValue: { values: [{ key: 'a', value: { doubleValue: 0.5 } }] } }) as object) }, { a: 0.5 })
    assert.deepEqual([otlpValue({}), otlpValue(undefined), otlpValue({ kvlistValue: {} })], [null, null, Object.create(null)])
  })

  test('no name of an attribute is more than data', () => {
    const line = otlpAttributes([
      { key: '__proto__', value: { stringValue: 'x' } },
      { key: 'constructor', value: { stringValue: 'y' } },
      null,
      { key: 1 },
    ])
    assert.deepEqual(Object.keys(line), ['__proto__', 'constructor'])
  })

  test('identities are hex, and zeros are none', () => {
    assert.equal(otlpId(new Uint8Array([0x5b, 0x8e])), '5b8e')
    assert.deepEqual([otlpId('0000'), otlpId(''), otlpId(undefined)], ['', '', ''])
    assert.deepEqual(
      [otlpNanos('1787230800000000000'), otlpNanos(5n), otlpNanos('0'), otlpNanos('-1'), otlpNanos(null)],
      ['1787230800000000000', '5', null, null, null],
    )
  })
})

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { openMessage } from '../../../services/worker/decode/open-message.ts'
import { splitLines } from '../../../services/worker/decode/split-lines.ts'
import { jsonOf, protobufOf } from '../../fixtures/wire.ts'

const MAX_LINE_BYTES = 64 * 1024

const open = (value: string | Uint8Array, headers: Record<string, string> = {}, maxLineBytes = MAX_LINE_BYTES) =>
  openMessage({ value: typeof value === 'string' ? Buffer.from(value) : value, headers }, maxLineBytes)

type Groups = { resource?: unknown; schemaUrl?: string; scopeLogs: { scope?: unknown; schemaUrl?: string; logRecords: unknown[] }[] }[]

suite('OTLP in messages of the access-log topic', () => {
  const [first, second] = jsonOf('logs')['resourceLogs'] as Groups
  const [scope] = first?.scopeLogs ?? []
  const expectedLogs = [
    { resourceLogs: [{ ...first, scopeLogs: [{ ...scope, logRecords: [scope?.logRecords[0]] }] }] },
    { resourceLogs: [{ ...first, scopeLogs: [{ ...scope, logRecords: [scope?.logRecords[1]] }] }] },
    { resourceLogs: [second] },
  ]

  const encodings: readonly [string, string | Buffer, Record<string, string>][] = [
    ['otlp_proto without any header', protobufOf('logs'), {}],
    ['otlp_proto with its content type', protobufOf('logs'), { 'content-type': 'application/x-protobuf' }],
    ['otlp_json without any header', JSON.stringify(jsonOf('logs')), {}],
    ['otlp_json in a message with an encoding header', JSON.stringify(jsonOf('logs')), { encoding: 'otlp_json' }],
    ['OTLP/JSON of ingest', JSON.stringify(jsonOf('logs')), { 'content-type': 'application/x-otlp-json' }],
    [
      'requests one a line, as the collector’s file exporter writes them',
      `${JSON.stringify(jsonOf('logs'))}\n`,
      { 'content-type': 'application/x-ndjson' },
    ],
    ['an array of requests', JSON.stringify([jsonOf('logs')]), {}],
    ['a printed request', JSON.stringify(jsonOf('logs'), undefined, 2), {}],
  ]
  for (const [name, value, headers] of encodings) {
    test(`${name}: each log record is a line with its resource and scope`, () => {
      const lines = open(value, headers)
      assert.deepEqual(
        lines.map(line => line.value),
        expectedLogs,
      )
      assert.deepEqual(
        lines.map(line => line.fault),
        [undefined, undefined, undefined],
      )
    })
  }

  test('spans are told from log records without a header', () => {
    const [line] = open(protobufOf('traces'))
    assert.deepEqual(line?.value, jsonOf('traces'))
    assert.deepEqual(open(JSON.stringify(jsonOf('traces')))[0]?.value, jsonOf('traces'))
  })

  test('a request beside plain lines leaves them as they are', () => {
    const lines = open(`{"a":1}\n${JSON.stringify(jsonOf('traces'))}\n{"b":`)
    assert.deepEqual(
      lines.map(({ value, fault, isText }) => [value, fault, isText]),
      [
        [{ a: 1 }, undefined, false],
        [jsonOf('traces'), undefined, false],
        [undefined, undefined, true],
      ],
    )
  })

  test('a request longer than a line is read; a record longer than a line is refused alone', () => {
    const record = (size: number) => ({ severityText: 'x'.repeat(size) })
    const request = { resourceLogs: [{ scopeLogs: [{ logRecords: [record(500), record(2_000), record(500)] }] }] }
    const lines = open(JSON.stringify(request), {}, 1_000)
    assert.deepEqual(
      lines.map(({ fault }) => fault?.code),
      [undefined, 'LINE_TOO_LONG', undefined],
    )
  })

  test('a record with a faulty field is one refused line, kept without its neighbours', () => {
    const request = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ severityText: 'a' }, { timeUnixNano: 'soon' }] }] }] }
    const [good, bad] = open(JSON.stringify(request))
    assert.equal(good?.fault, undefined)
    assert.equal(bad?.fault?.code, 'LINE_FIELD_INVALID')
    assert.deepEqual(JSON.parse(String(bad?.raw)), { timeUnixNano: 'soon' })
  })

  test('a cut protobuf message is no request: no line of it is an object', () => {
    const cut = protobufOf('logs').subarray(0, 500)
    assert.ok(open(cut).every(({ value }) => typeof value !== 'object'))
  })

  test('text is never taken for protobuf, whatever stands in its first lines', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.json(), fc.string(), fc.constant('')), { maxLength: 5 }), lines => {
        const text = `\n${lines.join('\n')}`
        assert.deepEqual(open(text), splitLines(Buffer.from(text), MAX_LINE_BYTES))
      }),
    )
    assert.deepEqual(
      open('\n\n{"a":1}\n').map(line => line.value),
      [{ a: 1 }],
    )
    const line = `{"a":"${'x'.repeat(115)}"}`
    assert.equal(line.length, 123)
    assert.deepEqual(
      open(`\n${line}`).map(({ value }) => value),
      [JSON.parse(line)],
    )
  })

  test('no bytes break it, and the same bytes give the same lines', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isPrefixed) => {
        const value = isPrefixed ? Buffer.concat([protobufOf('traces'), bytes]) : bytes
        const tell = () => open(value).map(({ value, fault }) => [value, fault?.code, fault?.message])
        assert.deepEqual(tell(), tell())
      }),
    )
  })
})

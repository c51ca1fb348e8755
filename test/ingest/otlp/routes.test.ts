import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { BinaryReader } from '@bufbuild/protobuf/wire'
import { ACCESS_LOG_TOPIC, ENGINE_METRICS_TOPIC } from '../../../schemas/topics.ts'
import { AppError } from '../../../services/platform/errors.ts'
import { openMessage } from '../../../services/worker/decode/open-message.ts'
import { jsonOf, protobufOf } from '../../fixtures/wire.ts'
import { buildHarness, type Harness } from '../harness.ts'

const BINARY = { 'content-type': 'application/x-protobuf' }
const JSON_TYPE = { 'content-type': 'application/json' }

async function send(harness: Harness, path: string, payload: Buffer | string, headers: Record<string, string> = BINARY) {
  const answer = await harness.app.inject({ method: 'POST', url: path, headers, payload })
  return { status: answer.statusCode, headers: answer.headers, body: answer.rawPayload }
}

const appended = (harness: Harness, topic: string = ACCESS_LOG_TOPIC) =>
  harness.eventLog.recordsOf(topic).map(record => JSON.parse(Buffer.from(record.value).toString('utf8')))

/** Fields of a protobuf message by number, read by hand: varints as numbers, the rest as bytes. */
function fieldsOf(bytes: Uint8Array): Record<number, number | Buffer> {
  const reader = new BinaryReader(bytes)
  const fields: Record<number, number | Buffer> = {}
  while (reader.pos < reader.len) {
    const [no, wireType] = reader.tag()
    fields[no] = wireType === 0 ? Number(reader.int64()) : Buffer.from(reader.bytes())
  }
  return fields
}

const log = (record: unknown) => JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] })

suite('OTLP/HTTP', () => {
  for (const [signal, topic] of [
    ['logs', ACCESS_LOG_TOPIC],
    ['traces', ACCESS_LOG_TOPIC],
  ] as const) {
    for (const path of [`/otlp/v1/${signal}`, `/v1/${signal}`]) {
      test(`${path}: protobuf, JSON and gzip of one request are appended as the same OTLP/JSON before the answer`, async t => {
        const harness = buildHarness(t)
        const json = JSON.stringify(jsonOf(signal))
        for (const [payload, headers] of [
          [protobufOf(signal), BINARY],
          [json, JSON_TYPE],
          [gzipSync(protobufOf(signal)), { ...BINARY, 'content-encoding': 'gzip' }],
          [gzipSync(json), { 'content-type': 'application/json; charset=utf-8', 'content-encoding': 'gzip' }],
        ] as const) {
          const answer = await send(harness, path, payload, headers)
          const isBinary = headers['content-type'] === 'application/x-protobuf'
          assert.equal(answer.status, 200)
          assert.equal(answer.headers['content-type'], isBinary ? 'application/x-protobuf' : 'application/json')
          assert.equal(answer.body.toString(), isBinary ? '' : '{}')
          assert.deepEqual(appended(harness, topic).at(-1), jsonOf(signal))
        }
        const [record] = harness.eventLog.recordsOf(topic)
        assert.deepEqual(record?.headers, { source: 'default', sender: 'local', 'content-type': 'application/x-otlp-json' })
        assert.equal(await harness.metric(`ingest_requests_total{endpoint="otlp-${signal}",status="2xx",service="ingest"}`), 4)
      })
    }
  }

  test('metrics go to the topic of metrics; points with delta temporality are told and left out', async t => {
    const harness = buildHarness(t)
    const answer = await send(harness, '/otlp/v1/metrics', JSON.stringify(jsonOf('metrics')), JSON_TYPE)
    assert.equal(answer.status, 200)
    const { partialSuccess } = JSON.parse(answer.body.toString())
    assert.equal(partialSuccess.rejectedDataPoints, '1')
    assert.match(partialSuccess.errorMessage, /delta\.requests has delta temporality/)
    const expected = jsonOf('metrics') as { resourceMetrics: { scopeMetrics: { metrics: { name: string }[] }[] }[] }
    for (const { scopeMetrics } of expected.resourceMetrics)
      for (const scope of scopeMetrics) scope.metrics = scope.metrics.filter(({ name }) => name !== 'delta.requests')
    assert.deepEqual(appended(harness, ENGINE_METRICS_TOPIC), [expected])
    assert.equal(await harness.metric('ingest_samples_total{outcome="accepted",service="ingest"}'), 9)
    assert.equal(await harness.metric('ingest_samples_total{outcome="rejected",service="ingest"}'), 1)
  })

  test('a partial success in protobuf has the count in field 1 and the message in field 2 of field 1', async t => {
    const harness = buildHarness(t)
    const { 1: partial } = fieldsOf((await send(harness, '/otlp/v1/metrics', protobufOf('metrics'))).body)
    const { 1: count, 2: message } = fieldsOf(partial as Buffer)
    assert.equal(count, 1)
    assert.match(String(message), /delta/)
  })

  test('a record that is faulty or too large is counted, and its neighbours are taken', async t => {
    const harness = buildHarness(t, { config: { maxLineBytes: 5_000 } })
    const records = [{ severityText: 'a' }, { timeUnixNano: 'soon' }, { severityText: 'x'.repeat(5_000) }, { severityText: 'b' }]
    const request = { resourceLogs: [{ scopeLogs: [{ logRecords: records }] }] }
    const answer = await send(harness, '/otlp/v1/logs', JSON.stringify(request), JSON_TYPE)
    const { partialSuccess } = JSON.parse(answer.body.toString())
    assert.equal(partialSuccess.rejectedLogRecords, '2')
    assert.match(partialSuccess.errorMessage, /timeUnixNano.*; a record has 50\d\d bytes/)
    assert.deepEqual(appended(harness), [{ resourceLogs: [{ scopeLogs: [{ logRecords: [records[0], records[3]] }] }] }])
  })

  test('a large request becomes several messages below the limit that hold every record once, in order, with its resource', async t => {
    const harness = buildHarness(t)
    const resourceLogs = [0, 1, 2].map(r => ({
      resource: { attributes: [{ key: 'r', value: { stringValue: `é${r}` } }] },
      scopeLogs: [0, 1].map(s => ({
        scope: { name: `s${s}` },
        logRecords: Array.from({ length: 300 }, (_, n) => ({ severityText: `${r}.${s}.${n}`, body: { stringValue: 'ü'.repeat(500) } })),
      })),
    }))
    assert.equal((await send(harness, '/otlp/v1/logs', JSON.stringify({ resourceLogs }), JSON_TYPE)).status, 200)
    const records = harness.eventLog.recordsOf(ACCESS_LOG_TOPIC)
    assert.ok(records.length >= 3)
    assert.ok(records.every(record => record.value.byteLength <= 512 * 1024))
    const lines = records
      .flatMap(record => openMessage(record, 64 * 1024))
      .map(({ value }) => value as { resourceLogs: typeof resourceLogs })
    const expected = resourceLogs.flatMap(({ resource, scopeLogs }) =>
      scopeLogs.flatMap(({ scope, logRecords }) => logRecords.map(record => [resource, scope, record])),
    )
    assert.deepEqual(
      lines.map(({ resourceLogs: [group] }) => [group?.resource, group?.scopeLogs[0]?.scope, group?.scopeLogs[0]?.logRecords[0]]),
      expected,
    )
  })

  test('the points of one metric larger than a message are spread over several', async t => {
    const harness = buildHarness(t)
    const point = (n: number) => ({
      timeUnixNano: '1',
      asInt: String(n),
      attributes: [{ key: 'k', value: { stringValue: 'x'.repeat(4_000) } }],
    })
    const metrics = [{ name: 'm', gauge: { dataPoints: Array.from({ length: 400 }, (_, n) => point(n)) } }]
    const answer = await send(
      harness,
      '/otlp/v1/metrics',
      JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }),
      JSON_TYPE,
    )
    assert.equal(answer.body.toString(), '{}')
    const found = appended(harness, ENGINE_METRICS_TOPIC).flatMap(({ resourceMetrics: [group] }) =>
      group.scopeMetrics[0].metrics.flatMap((metric: { gauge: { dataPoints: { asInt: string }[] } }) =>
        metric.gauge.dataPoints.map(({ asInt }) => asInt),
      ),
    )
    assert.deepEqual(
      found,
      Array.from({ length: 400 }, (_, n) => String(n)),
    )
  })

  test('failures are a google.rpc.Status in the encoding of the request', async t => {
    const harness = buildHarness(t)
    const json = await send(harness, '/otlp/v1/logs', '{"resourceLogs":', JSON_TYPE)
    assert.deepEqual([json.status, json.headers['content-type']], [400, 'application/json'])
    const { code, message } = JSON.parse(json.body.toString())
    assert.equal(code, 3)
    assert.match(message, /INGEST_BODY_INVALID: .*not JSON/)
    const binary = await send(harness, '/otlp/v1/logs', Buffer.from([0x0a, 0xff]))
    assert.deepEqual([binary.status, binary.headers['content-type']], [400, 'application/x-protobuf'])
    const fields = fieldsOf(binary.body)
    assert.equal(fields[1], 3)
    assert.match(String(fields[2]), /INGEST_BODY_INVALID/)
  })

  test('spans sent to the logs endpoint, another member, a wrong media type and a large body are refused', async t => {
    const harness = buildHarness(t, { config: { maxInflatedBytes: 4_000 } })
    assert.equal((await send(harness, '/otlp/v1/logs', protobufOf('traces'))).status, 400)
    assert.equal((await send(harness, '/otlp/v1/logs', JSON.stringify(jsonOf('traces')), JSON_TYPE)).status, 400)
    assert.equal((await send(harness, '/otlp/v1/logs', 'x', { 'content-type': 'text/plain' })).status, 415)
    assert.equal((await send(harness, '/otlp/v1/logs', log({ severityText: 'x'.repeat(4_000) }), JSON_TYPE)).status, 413)
    assert.deepEqual(appended(harness), [])
  })

  test('an empty protobuf body is an empty request', async t => {
    const harness = buildHarness(t)
    assert.equal((await send(harness, '/otlp/v1/traces', Buffer.alloc(0))).status, 200)
    assert.deepEqual(appended(harness), [])
  })

  test('the sender’s source and tenants go with the message, and an unknown token is UNAUTHENTICATED', async t => {
    const harness = buildHarness(t, { tokens: { 'test-token': { name: 'edge', role: 'sender', source: 'edge-1', tenants: ['acme'] } } })
    const sent = await send(harness, '/otlp/v1/logs', protobufOf('logs'), { ...BINARY, authorization: 'Bearer test-token' })
    assert.equal(sent.status, 200)
    assert.deepEqual(harness.eventLog.recordsOf(ACCESS_LOG_TOPIC)[0]?.headers, {
      source: 'edge-1',
      'content-type': 'application/x-otlp-json',
      tenants: '["acme"]',
    })
    const refused = await send(harness, '/otlp/v1/logs', '{}', JSON_TYPE)
    assert.deepEqual([refused.status, JSON.parse(refused.body.toString()).code], [401, 16])
  })

  test('a log that is down is UNAVAILABLE with Retry-After, and a sender over its rate RESOURCE_EXHAUSTED', async t => {
    let isDown = true
    const harness = buildHarness(t, {
      config: { maxBytesPerSecond: 10 },
      beforeAppend: async () => {
        if (isDown) throw new AppError('EVENT_LOG_UNAVAILABLE', 'broker b-1 is down')
      },
    })
    const down = await send(harness, '/otlp/v1/logs', log({ severityText: 'a'.repeat(100) }), JSON_TYPE)
    assert.deepEqual([down.status, JSON.parse(down.body.toString()).code], [503, 14])
    assert.ok(Number(down.headers['retry-after']) > 0)
    assert.doesNotMatch(down.body.toString(), /b-1/)
    isDown = false
    const throttled = await send(harness, '/otlp/v1/logs', log({}), JSON_TYPE)
    assert.deepEqual([throttled.status, JSON.parse(throttled.body.toString()).code], [429, 8])
    assert.ok(Number(throttled.headers['retry-after']) > 0)
    assert.equal(await harness.metric('ingest_in_flight_bytes{service="ingest"}'), 0)
  })
})

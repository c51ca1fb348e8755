import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { compressSync } from 'snappy'
import { ACCESS_LOG_TOPIC, ENGINE_METRICS_TOPIC } from '../../schemas/topics.ts'
import { buildHarness } from './harness.ts'

interface Endpoint {
  url: string
  headers: Record<string, string>
  wrap?: (bytes: Buffer) => Buffer
}

const asItIs = (bytes: Buffer) => bytes
const binary = { 'content-type': 'application/x-protobuf' }
const json = { 'content-type': 'application/json' }
const v2 = { 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request' }
const otlp: readonly Endpoint[] = ['logs', 'traces', 'metrics'].flatMap(signal => {
  const url = `/otlp/v1/${signal}`
  return [
    { url, headers: binary },
    { url, headers: json },
    { url, headers: { ...binary, 'content-encoding': 'gzip' }, wrap: (bytes: Buffer) => gzipSync(bytes) },
    { url, headers: { ...binary, 'content-encoding': 'gzip' } },
  ]
})
const endpoints: readonly Endpoint[] = [
  ...otlp,
  { url: '/api/v1/write', headers: binary },
  { url: '/api/v1/write', headers: v2 },
  { url: '/api/v1/write', headers: binary, wrap: bytes => compressSync(bytes) },
  { url: '/api/v1/write', headers: v2, wrap: bytes => compressSync(bytes) },
  { url: '/v1/access-logs', headers: json },
  {
    url: '/v1/engine-metrics?pool=a',
    headers: { 'content-type': 'text/plain' },
    wrap: bytes => Buffer.concat([bytes, Buffer.from([0xff])]),
  },
]

/**
 * Bytes of which none begins a field that an export or write request has at its top: those that do are read further in the
 * tests of the readers. Blanks alone are lines without anything in them, which is no fault, and neither is a single zero, which
 * is a snappy block of no bytes.
 */
const noRequest = fc
  .uint8Array({ minLength: 1, maxLength: 300 })
  .filter(bytes => ![0x0a, 0x1a, 0x22, 0x2a].includes(bytes[0] as number) && !(bytes.length === 1 && bytes[0] === 0))
  .filter(bytes => Buffer.from(bytes).toString('latin1').trim() !== '')

suite('random bytes', () => {
  test('to every endpoint are answered 4xx, and nothing is appended', async t => {
    const harness = buildHarness(t)
    await fc.assert(
      fc.asyncProperty(noRequest, fc.constantFrom(...endpoints), async (bytes, { url, headers, wrap = asItIs }) => {
        const answer = await harness.app.inject({ method: 'POST', url, headers, payload: wrap(Buffer.from(bytes)) })
        assert.ok(answer.statusCode >= 400 && answer.statusCode < 500, `${url} ${answer.statusCode} ${answer.body}`)
      }),
      { numRuns: 600 },
    )
    assert.deepEqual([...harness.eventLog.recordsOf(ACCESS_LOG_TOPIC), ...harness.eventLog.recordsOf(ENGINE_METRICS_TOPIC)], [])
    assert.equal(await harness.metric('ingest_in_flight_bytes{service="ingest"}'), 0)
  })

  test('behind the first byte of a request are answered 4xx, or 2xx where they happen to be a request', async t => {
    const harness = buildHarness(t)
    const begun = fc
      .tuple(fc.constantFrom(0x0a, 0x1a, 0x22, 0x2a), fc.uint8Array({ maxLength: 300 }))
      .map(([first, rest]) => Buffer.from([first, ...rest]))
    await fc.assert(
      fc.asyncProperty(begun, fc.constantFrom(...endpoints), async (bytes, { url, headers, wrap = asItIs }) => {
        const answer = await harness.app.inject({ method: 'POST', url, headers, payload: wrap(bytes) })
        assert.ok(answer.statusCode < 500, `${url} ${answer.statusCode} ${answer.body}`)
      }),
      { numRuns: 600 },
    )
    assert.equal(await harness.metric('ingest_in_flight_bytes{service="ingest"}'), 0)
  })

  test('of JSON to the OTLP endpoints never fail them', async t => {
    const harness = buildHarness(t)
    const member = fc.constantFrom('resourceLogs', 'resourceSpans', 'resourceMetrics', 'resource_logs')
    await fc.assert(
      fc.asyncProperty(member, fc.jsonValue(), fc.constantFrom('logs', 'traces', 'metrics'), async (name, value, signal) => {
        const payload = JSON.stringify({ [name]: value })
        const answer = await harness.app.inject({ method: 'POST', url: `/otlp/v1/${signal}`, headers: json, payload })
        assert.ok(answer.statusCode < 500, `${payload} ${answer.body}`)
      }),
    )
  })
})

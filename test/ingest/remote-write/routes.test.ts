import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { compressSync } from 'snappy'
import { ENGINE_METRICS_TOPIC } from '../../../schemas/topics.ts'
import { AppError } from '../../../services/platform/errors.ts'
import { wireMessages } from '../../fixtures/wire.ts'
import { buildHarness, type Harness, NOW_MS } from '../harness.ts'

const V1 = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy', 'x-prometheus-remote-write-version': '0.1.0' }
const V2 = {
  'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '2.0.0',
}
const v1 = Buffer.from(wireMessages.remote_write_v1.snappy_base64, 'base64')
const v2 = Buffer.from(wireMessages.remote_write_v2.snappy_base64, 'base64')

async function send(harness: Harness, payload: Buffer, headers: Record<string, string> = V1) {
  const answer = await harness.app.inject({ method: 'POST', url: '/api/v1/write', headers, payload })
  const written = ['samples', 'histograms', 'exemplars'].map(kind => answer.headers[`x-prometheus-remote-write-${kind}-written`])
  return { status: answer.statusCode, written, headers: answer.headers, body: answer.body }
}

const appended = (harness: Harness) =>
  harness.eventLog
    .recordsOf(ENGINE_METRICS_TOPIC)
    .map(({ headers, value, key }) => ({ headers, key, text: Buffer.from(value).toString('utf8') }))

const counted = async (harness: Harness) =>
  await Promise.all(
    ['accepted', 'not_read', 'gap', 'rejected'].map(outcome =>
      harness.metric(`ingest_samples_total{outcome="${outcome}",service="ingest"}`),
    ),
  )

/** A request of version 1.0 with one series, built byte by byte: labels (field 1), samples (field 2). */
function oneSeries(labels: Readonly<Record<string, string>>, samples: readonly (readonly [number, number])[]): Buffer {
  const part = (no: number, bytes: Buffer) => Buffer.concat([Buffer.from([(no << 3) | 2, bytes.length]), bytes])
  const varint = (value: number): Buffer =>
    value < 128 ? Buffer.from([value]) : Buffer.concat([Buffer.from([(value % 128) | 128]), varint(Math.floor(value / 128))])
  const label = ([name, value]: [string, string]) => part(1, Buffer.concat([part(1, Buffer.from(name)), part(2, Buffer.from(value))]))
  const sample = ([value, atMs]: readonly [number, number]) => {
    const double = Buffer.alloc(9, 0x09)
    double.writeDoubleLE(value, 1)
    return part(2, Buffer.concat([double, Buffer.from([0x10]), varint(atMs)]))
  }
  const series = Buffer.concat([...Object.entries(labels).map(label), ...samples.map(sample)])
  return compressSync(Buffer.concat([Buffer.from([0x0a]), varint(series.length), series]))
}

const running = { __name__: 'vllm:num_requests_running', instance: 'h:1', job: 'vllm', model_name: 'llama' }

suite('Prometheus remote write', () => {
  test('1.0 as Prometheus’ library encodes it: an exposition for each target and time, stale markers and NaN left out', async t => {
    const harness = buildHarness(t)
    const { status, written } = await send(harness, v1)
    assert.equal(status, 204)
    // 7 samples in it, of which one is a stale marker and one NaN: taken, not lost. One native histogram.
    assert.deepEqual(written, ['7', '1', '0'])
    const labels = 'instance="10.0.0.7:8000",job="vllm",model_name="llama",pool="gpu-a"'
    assert.deepEqual(
      appended(harness).map(({ headers, text }) => [headers['pool'], headers['endpoint'], headers['scraped-at-ms'], text]),
      [
        ['gpu-a', '10.0.0.7:8000', String(NOW_MS), `vllm:num_requests_running{${labels}} 3 ${NOW_MS}`],
        [
          'gpu-a',
          '10.0.0.7:8000',
          String(NOW_MS + 5_000),
          [
            `vllm:num_requests_running{${labels}} 4 ${NOW_MS + 5_000}`,
            `vllm:num_requests_waiting{${labels}} 7 ${NOW_MS + 5_000}`,
            `vllm:time_to_first_token_seconds_count{${labels}} 12 ${NOW_MS + 5_000}`,
            `vllm:time_to_first_token_seconds_sum{${labels}} 6.5 ${NOW_MS + 5_000}`,
          ].join('\n'),
        ],
        [
          'lla"ma\\\n',
          '10.0.0.8:8000',
          String(NOW_MS),
          `vllm:num_requests_running{instance="10.0.0.8:8000",job="vllm",model_name="lla\\"ma\\\\\\n"} 1 ${NOW_MS}`,
        ],
      ],
    )
    // The node exporter's series is read by no table.
    assert.deepEqual(await counted(harness), [6, 1, 2, 0])
  })

  test('2.0 as Prometheus’ library encodes it, with its symbols', async t => {
    const harness = buildHarness(t)
    const { status, written } = await send(harness, v2, V2)
    assert.deepEqual([status, written], [204, ['2', '1', '0']])
    const labels = 'instance="10.0.0.7:8000",job="vllm",model_name="llama",pool="gpu-a"'
    assert.deepEqual(
      appended(harness).map(({ text }) => text),
      [
        [
          `vllm:num_requests_running{${labels}} 3 ${NOW_MS}`,
          `vllm:time_to_first_token_seconds_count{${labels}} 12 ${NOW_MS}`,
          `vllm:time_to_first_token_seconds_sum{${labels}} 6.5 ${NOW_MS}`,
        ].join('\n'),
      ],
    )
  })

  test('a sender that does not say its encoding means snappy; the message of 1.0 may be named', async t => {
    const harness = buildHarness(t)
    assert.equal((await send(harness, v1, { 'content-type': 'application/x-protobuf' })).status, 204)
    assert.equal((await send(harness, v1, { ...V1, 'content-type': 'application/x-protobuf; proto=prometheus.WriteRequest' })).status, 204)
  })

  test('another message, media type or encoding is 415, so that a sender can fall back', async t => {
    const harness = buildHarness(t)
    for (const headers of [
      { ...V1, 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v3.Request' },
      { ...V1, 'content-type': 'application/json' },
      { 'content-encoding': 'snappy' },
      { ...V1, 'content-encoding': 'gzip' },
    ] as Record<string, string>[])
      assert.equal((await send(harness, v1, headers)).status, 415)
    assert.deepEqual(appended(harness), [])
  })

  test('values of any order are taken, each at its own time', async t => {
    const harness = buildHarness(t)
    const times = [NOW_MS, NOW_MS - 60_000, NOW_MS - 30_000]
    for (const atMs of times) assert.equal((await send(harness, oneSeries(running, [[1, atMs]]))).status, 204)
    assert.deepEqual(
      appended(harness).map(({ headers }) => Number(headers['scraped-at-ms'])),
      times,
    )
  })

  test('a value sent twice is one; another value for the same time is told with 400, after the first was taken', async t => {
    const harness = buildHarness(t)
    assert.equal(
      (
        await send(
          harness,
          oneSeries(running, [
            [1, NOW_MS],
            [1, NOW_MS],
          ]),
        )
      ).status,
      204,
    )
    const { status, written, body } = await send(
      harness,
      oneSeries(running, [
        [1, NOW_MS],
        [2, NOW_MS],
      ]),
    )
    assert.deepEqual([status, written[0]], [400, '1'])
    assert.match(body, /two values for one time/)
    assert.deepEqual(
      appended(harness).map(({ text }) => text.split(' ')[1]),
      ['1', '1'],
    )
  })

  test('values too old or too far ahead are told with 400; those in time are taken', async t => {
    const harness = buildHarness(t)
    const { status, written, body } = await send(
      harness,
      oneSeries(running, [
        [1, NOW_MS - 36 * 86_400_000],
        [2, NOW_MS],
        [3, NOW_MS + 300_001],
      ]),
    )
    assert.deepEqual([status, written[0]], [400, '1'])
    assert.match(body, /2 sample\(s\) were not taken/)
    assert.equal(appended(harness).length, 1)
  })

  test('a series without a name or with a label that is none is told with 400', async t => {
    const harness = buildHarness(t)
    const { __name__: _, ...nameless } = running
    for (const labels of [nameless, { ...running, 'a-b': 'x' }]) {
      const { status, written } = await send(harness, oneSeries(labels, [[1, NOW_MS]]))
      assert.deepEqual([status, written[0]], [400, '0'])
    }
    assert.deepEqual(appended(harness), [])
  })

  test('what is no snappy, cut, of the other version or larger than allowed is refused unread', async t => {
    const harness = buildHarness(t, { config: { maxInflatedBytes: 5_000 } })
    const broken: readonly [Buffer, number][] = [
      [Buffer.from('not snappy'), 400],
      [v1.subarray(0, v1.length - 3), 400],
      [compressSync(Buffer.from([0x0a, 0x7f])), 400],
      [v2, 400],
      [compressSync(Buffer.alloc(6_000)), 413],
      // It says 4 GiB of itself.
      [Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0]), 413],
      [Buffer.alloc(0), 400],
    ]
    for (const [payload, expected] of broken)
      assert.equal((await send(harness, payload)).status, expected, payload.toString('hex').slice(0, 40))
    assert.deepEqual(appended(harness), [])
    assert.equal(await harness.metric('ingest_in_flight_bytes{service="ingest"}'), 0)
  })

  test('in 2.0 a label that refers to nothing is refused', async t => {
    const harness = buildHarness(t)
    // symbols (field 4) "" and "a"; time series (field 5) with label references (field 1) 1 and 9
    const request = compressSync(Buffer.from([0x22, 0, 0x22, 1, 0x61, 0x2a, 4, 0x0a, 2, 1, 9]))
    const { status, body } = await send(harness, request, V2)
    assert.equal(status, 400)
    assert.match(body, /refers to symbol 9, there are 2/)
  })

  test('metadata alone is taken', async t => {
    const harness = buildHarness(t)
    assert.equal((await send(harness, compressSync(Buffer.from([0x1a, 2, 8, 1])))).status, 204)
  })

  test('a log that is down asks for another try', async t => {
    const harness = buildHarness(t, {
      beforeAppend: async () => {
        throw new AppError('EVENT_LOG_UNAVAILABLE', 'down')
      },
    })
    const { status, headers } = await send(harness, v1)
    assert.equal(status, 503)
    assert.ok(Number(headers['retry-after']) > 0)
  })
})

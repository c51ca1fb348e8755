import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { ACCESS_LOG_TOPIC } from '../../schemas/topics.ts'
import { AppError } from '../../services/platform/errors.ts'
import { buildHarness, heldAppend, post } from './harness.ts'

const two = '{"a":1}\n{"b":2}\n'

test('a line answered 202 is in the log', async t => {
  const harness = buildHarness(t)
  const answer = await post(harness, two)
  assert.equal(answer.status, 202)
  assert.deepEqual(answer.body, { accepted: 2, rejected: [], rejected_count: 0 })
  assert.deepEqual(harness.lines(), ['{"a":1}', '{"b":2}'])
})

test('no 202 is sent before the append has resolved', async t => {
  const held = heldAppend()
  const harness = buildHarness(t, held)
  let isAnswered = false
  const answering = post(harness, two).then(answer => {
    isAnswered = true
    return answer
  })
  await held.began
  await new Promise(setImmediate)
  assert.equal(isAnswered, false)
  held.letEnd()
  assert.equal((await answering).status, 202)
})

test('an append that rejects is answered 503 with Retry-After, and says nothing of the inside', async t => {
  const harness = buildHarness(t, {
    beforeAppend: () => Promise.reject(new AppError('EVENT_LOG_UNAVAILABLE', 'broker kafka-7.internal:9092 refused')),
  })
  const answer = await post(harness, two)
  assert.equal(answer.status, 503)
  assert.ok(Number(answer.headers['retry-after']) > 0)
  assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8')
  assert.equal(answer.body.code, 'EVENT_LOG_UNAVAILABLE')
  assert.equal(answer.body.instance, '/v1/access-logs')
  assert.doesNotMatch(JSON.stringify(answer.body), /kafka-7/)
  assert.equal(await harness.metric('ingest_lines_total{outcome="accepted",service="ingest"}'), 0)
})

test('an append that throws something unforeseen is a 500 without details', async t => {
  const harness = buildHarness(t, { beforeAppend: () => Promise.reject(new TypeError('secret detail')) })
  const answer = await post(harness, two)
  assert.equal(answer.status, 500)
  assert.equal(answer.body.code, 'INTERNAL_ERROR')
  assert.doesNotMatch(JSON.stringify(answer.body), /secret detail/)
})

test('a log that does not answer is given up at the deadline, and its bytes count until the append ends', async t => {
  const gate = Promise.withResolvers<void>()
  const harness = buildHarness(t, { config: { appendTimeoutMs: 5, maxBytesInFlight: 20 }, beforeAppend: () => gate.promise })
  const first = await post(harness, two)
  assert.equal(first.status, 503)
  assert.equal(first.body.code, 'EVENT_LOG_UNAVAILABLE')
  const second = await post(harness, two)
  assert.equal(second.body.code, 'INGEST_OVERLOADED')
  assert.equal(second.status, 503)
  assert.ok(second.headers['retry-after'])
  gate.resolve()
  await new Promise(setImmediate)
  assert.equal((await post(harness, two)).status, 202)
  assert.equal(await harness.metric('ingest_in_flight_bytes{service="ingest"}'), 0)
})

test('a failed request gives its bytes back', async t => {
  const harness = buildHarness(t, { config: { maxBytesInFlight: 20 } })
  for (const body of ['x', '[', '{"a":', ' '.repeat(15)]) await post(harness, body)
  assert.equal((await post(harness, two)).status, 202)
})

test('a bad line is listed with number, code and reason, and its neighbours are kept', async t => {
  const harness = buildHarness(t)
  const body = Buffer.concat([
    Buffer.from('{"n":1}\r\n\n{"n":\n{"n":2,"s":"'),
    Buffer.from([0xed, 0xa0, 0x80]), // a surrogate written as UTF-8 on its own
    Buffer.from('"}\n{"n":3,"s":"\0"}\n[1]\n"text"\nnull\n{"n":4}{"n":5}\n'),
    Buffer.from(`{"d":${'['.repeat(70)}${']'.repeat(70)}}\n{"n":6}`),
  ])
  const answer = await post(harness, body)
  assert.equal(answer.status, 202)
  assert.equal(answer.body.accepted, 2)
  assert.deepEqual(
    answer.body.rejected.map(({ line, code }) => [line, code]),
    [
      [3, 'LINE_NOT_JSON'],
      [4, 'LINE_NOT_UTF8'],
      [5, 'LINE_NOT_JSON'],
      [6, 'LINE_NOT_JSON'],
      [7, 'LINE_NOT_JSON'],
      [8, 'LINE_NOT_JSON'],
      [9, 'LINE_NOT_JSON'],
      [10, 'LINE_TOO_DEEP'],
    ],
  )
  assert.match(answer.body.rejected[2]?.message ?? '', /NUL/)
  assert.deepEqual(harness.lines(), ['{"n":1}', '{"n":6}'])
  assert.equal(await harness.metric('ingest_lines_total{outcome="rejected",service="ingest"}'), 8)
})

test('a line of 20 MB is rejected alone', async t => {
  const harness = buildHarness(t)
  const body = gzipSync(`{"n":1}\n{"s":"${'x'.repeat(20 * 1024 * 1024)}"}\n{"n":2}\n`)
  const answer = await post(harness, body, { headers: { 'content-encoding': 'gzip' } })
  assert.equal(answer.status, 202)
  assert.deepEqual(
    answer.body.rejected.map(({ line, code }) => [line, code]),
    [[2, 'LINE_TOO_LONG']],
  )
  assert.deepEqual(harness.lines(), ['{"n":1}', '{"n":2}'])
})

test('when no line can be accepted the answer is a 400 with the same list, and nothing is appended', async t => {
  const harness = buildHarness(t)
  const answer = await post(harness, 'no json\n{"cut":')
  assert.equal(answer.status, 400)
  assert.equal(answer.body.code, 'INGEST_LINES_REJECTED')
  assert.equal(answer.body.accepted, 0)
  assert.equal(answer.body.rejected_count, 2)
  assert.deepEqual(
    answer.body.rejected.map(rejection => rejection.line),
    [1, 2],
  )
  assert.deepEqual(harness.eventLog.recordsOf(ACCESS_LOG_TOPIC), [])
})

test('numbers beyond what JavaScript holds stay exact as text', async t => {
  const harness = buildHarness(t)
  const line = '{"big":1e400,"int":12345678901234567890,"dec":0.1000000000000000055511151231257827,"neg":-0.0}'
  await post(harness, line)
  await post(harness, `[ ${line} , ${line}]`, { headers: { 'content-type': 'application/json' } })
  assert.deepEqual(harness.lines(), [line, line, line])
})

test('text of any script, escapes and a byte order mark pass through', async t => {
  const harness = buildHarness(t)
  const line = '{"s":"Grüße, 世界, 👋, \\ud800, \\u0000, \u2028"}'
  const answer = await post(harness, `\ufeff${line}\n`)
  assert.equal(answer.body.accepted, 1)
  assert.deepEqual(harness.lines(), [line])
})

for (const [name, encoding, body] of [
  ['gzip', 'gzip', gzipSync(two)],
  ['gzip of two members', 'gzip', Buffer.concat([gzipSync('{"a":1}\n'), gzipSync('{"b":2}')])],
  ['x-gzip', 'x-gzip', gzipSync(two)],
  ['zstd', 'zstd', zstdCompressSync(two)],
  ['identity', 'identity', Buffer.from(two)],
] as const) {
  test(`a body in ${name} gives the same lines`, async t => {
    const harness = buildHarness(t)
    const answer = await post(harness, body, { headers: { 'content-encoding': encoding } })
    assert.equal(answer.status, 202)
    assert.deepEqual(harness.lines(), ['{"a":1}', '{"b":2}'])
  })
}

for (const [name, payload, headers, code, status] of [
  ['an unknown encoding', two, { 'content-encoding': 'br' }, 'INGEST_ENCODING_UNSUPPORTED', 415],
  ['two encodings', gzipSync(two), { 'content-encoding': 'gzip, zstd' }, 'INGEST_ENCODING_UNSUPPORTED', 415],
  ['an unknown media type', two, { 'content-type': 'application/xml' }, 'INGEST_MEDIA_TYPE_UNSUPPORTED', 415],
  ['plain text called gzip', two, { 'content-encoding': 'gzip' }, 'INGEST_BODY_INVALID', 400],
  ['plain text called zstd', two, { 'content-encoding': 'zstd' }, 'INGEST_BODY_INVALID', 400],
  ['gzip called zstd', gzipSync(two), { 'content-encoding': 'zstd' }, 'INGEST_BODY_INVALID', 400],
  ['gzip without Content-Encoding', gzipSync(two), {}, 'INGEST_BODY_INVALID', 400],
  ['zstd without Content-Encoding', zstdCompressSync(two), {}, 'INGEST_BODY_INVALID', 400],
  ['cut gzip', gzipSync(two).subarray(0, 20), { 'content-encoding': 'gzip' }, 'INGEST_BODY_INVALID', 400],
  ['cut zstd', zstdCompressSync(two).subarray(0, 12), { 'content-encoding': 'zstd' }, 'INGEST_BODY_INVALID', 400],
  ['nothing', '', {}, 'INGEST_BODY_INVALID', 400],
  ['nothing in gzip', gzipSync(''), { 'content-encoding': 'gzip' }, 'INGEST_BODY_INVALID', 400],
] as const) {
  test(`${name} is refused with ${code}`, async t => {
    const harness = buildHarness(t)
    const answer = await post(harness, payload, { headers })
    assert.equal(answer.status, status)
    assert.equal(answer.body.code, code)
    assert.equal(answer.body.type, `urn:weir:problem:${code.toLowerCase().replaceAll('_', '-')}`)
    assert.deepEqual(harness.lines(), [])
  })
}

test('a body without Content-Type is read', async t => {
  const harness = buildHarness(t)
  const answer = await harness.app.inject({ method: 'POST', url: '/v1/access-logs', payload: Buffer.from(two), headers: {} })
  assert.equal(answer.statusCode, 202)
})

test('a misspelt, repeated or unprintable query parameter is refused', async t => {
  const harness = buildHarness(t)
  for (const query of ['?dialekt=weir', '?source=a&source=b', '?source=a%0ab', `?source=${'x'.repeat(201)}`]) {
    const answer = await post(harness, two, { query })
    assert.equal(answer.status, 400, query)
    assert.equal(answer.body.code, 'INGEST_PARAMETER_INVALID')
  }
})

test('dialect and source go with the message; without them the source is default', async t => {
  const harness = buildHarness(t)
  await post(harness, two, { query: '?dialect=litellm&source=eu-1' })
  await post(harness, two)
  assert.deepEqual(
    harness.eventLog.recordsOf(ACCESS_LOG_TOPIC).map(record => record.headers),
    [
      { source: 'eu-1', sender: 'local', 'content-type': 'application/x-ndjson', dialect: 'litellm' },
      { source: 'default', sender: 'local', 'content-type': 'application/x-ndjson' },
    ],
  )
})

test('a large body becomes messages of at most 512 KiB with every line in order', async t => {
  const appended: number[] = []
  const harness = buildHarness(t, {
    beforeAppend: async (_topic, records) => {
      appended.push(records.reduce((bytes, record) => bytes + record.value.byteLength, 0))
    },
  })
  const lines = Array.from({ length: 12_000 }, (_, n) => `{"n":${n},"s":"${'x'.repeat(1000)}"}`)
  const answer = await post(harness, lines.join('\n'))
  assert.equal(answer.body.accepted, lines.length)
  assert.deepEqual(harness.lines(), lines)
  for (const record of harness.eventLog.recordsOf(ACCESS_LOG_TOPIC)) assert.ok(record.value.byteLength <= 512 * 1024)
  assert.ok(appended.length > 1)
  for (const bytes of appended) assert.ok(bytes <= 8 * 1024 * 1024)
})

test('a rejected list is cut at 1000 entries, the count is not', async t => {
  const harness = buildHarness(t)
  const answer = await post(harness, `${'x\n'.repeat(1500)}{"n":1}`)
  assert.equal(answer.body.rejected.length, 1000)
  assert.equal(answer.body.rejected_count, 1500)
  assert.equal(answer.body.accepted, 1)
})

test('a body of more lines than the limit is refused whole', async t => {
  const harness = buildHarness(t)
  const answer = await post(harness, '{}\n'.repeat(250_001))
  assert.equal(answer.status, 413)
  assert.deepEqual(harness.lines(), [])
})

test('a sender over its rate is answered 429 until time has passed', async t => {
  const harness = buildHarness(t, { config: { maxBytesPerSecond: 1 } })
  assert.equal((await post(harness, two)).status, 202)
  const refused = await post(harness, two)
  assert.equal(refused.status, 429)
  assert.equal(refused.body.code, 'INGEST_RATE_EXCEEDED')
  assert.ok(refused.headers['retry-after'])
  harness.clock.nowMs += 20_000
  assert.equal((await post(harness, two)).status, 202)
})

test('an append that is overdue makes ingest unhealthy, a refused one does not', async t => {
  const gate = Promise.withResolvers<void>()
  let answers: () => Promise<void> = () => Promise.reject(new AppError('EVENT_LOG_UNAVAILABLE', 'down'))
  const harness = buildHarness(t, { config: { appendTimeoutMs: 5 }, beforeAppend: () => answers() })
  await post(harness, two)
  harness.clock.nowMs += 120_000
  assert.equal((await harness.app.inject('/healthz')).statusCode, 200)
  answers = () => gate.promise
  await post(harness, two)
  harness.clock.nowMs += 120_000
  const answer = await harness.app.inject('/healthz')
  assert.equal(answer.statusCode, 503)
  assert.deepEqual(answer.json().reasons, [{ loop: 'append', stalled_ms: 120_000 }])
  gate.resolve()
  await new Promise(setImmediate)
  assert.equal((await harness.app.inject('/healthz')).statusCode, 200)
})

test('an unknown path and the probe paths answer', async t => {
  const harness = buildHarness(t)
  await post(harness, two)
  const unknown = await harness.app.inject('/v1/nothing?token=hidden')
  assert.equal(unknown.statusCode, 404)
  assert.equal(unknown.json().code, 'HTTP_ROUTE_UNKNOWN')
  assert.doesNotMatch(unknown.body, /hidden/)
  assert.equal((await harness.app.inject('/readyz')).statusCode, 200)
  assert.match(
    (await harness.app.inject('/metrics')).body,
    /ingest_requests_total\{endpoint="access-logs",status="2xx",service="ingest"\} 1/,
  )
})

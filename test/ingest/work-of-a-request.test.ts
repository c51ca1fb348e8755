import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { suite, type TestContext, test } from 'node:test'
import { setImmediate as setImmediateOnce } from 'node:timers'
import { setImmediate } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { ACCESS_LOG_TOPIC } from '../../schemas/topics.ts'
import { checkLines } from '../../services/ingest/check-lines.ts'
import { beginTurns } from '../../services/platform/turns.ts'
import { hostileBodies, logsOf, manyOf, resourceOf } from '../fakes/hostile-bodies.ts'
import { buildHarness, type Harness, NOW_MS, post } from './harness.ts'

const MIB = 1024 * 1024

const sendLogs = (harness: Harness, body: string) =>
  harness.app.inject({
    method: 'POST',
    url: '/otlp/v1/logs',
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    payload: gzipSync(body),
  })

suite('the work of one request', () => {
  for (const { name, path, headers, bytes } of hostileBodies(() => NOW_MS)) {
    test(`${name}: answered without a 5xx, and nothing of it is held afterwards`, async t => {
      const harness = buildHarness(t)
      const { statusCode } = await harness.app.inject({ method: 'POST', url: path, headers, payload: bytes() })
      assert.ok(statusCode >= 200 && statusCode < 500, String(statusCode))
      assert.equal(await harness.metric('ingest_in_flight_bytes{service="ingest"}'), 0)
    })
  }

  test('is left as soon as it has taken its time, whatever a line of it costs', async () => {
    for (const body of [`[${manyOf('{}', 10)}]`, 'x\n'.repeat(10), '{"a":1}\n'.repeat(10)]) {
      let [elapsedMs, othersHad] = [0, 0]
      const other = () => {
        othersHad++
        if (othersHad < 100) scheduled = setImmediateOnce(other)
      }
      let scheduled = setImmediateOnce(other)
      // Each look at the clock finds a further 15 ms gone, so that every second line ends a turn of 20 ms.
      const turns = beginTurns(() => (elapsedMs += 15))
      await checkLines(Buffer.from(body), { maxLineBytes: 1_000 }, () => undefined, turns)
      clearImmediate(scheduled)
      assert.ok(othersHad >= 3 && othersHad <= 10, `${othersHad} turns beside ${body.slice(0, 8)}`)
    }
  })

  test('is refused where the messages in it are too many to hold', async t => {
    const harness = buildHarness(t)
    const nothing = manyOf('{}', 1_000_001)
    const json = await sendLogs(harness, `{"resourceLogs":[{"scopeLogs":[{"logRecords":[${nothing}]}]}]}`)
    assert.deepEqual([json.statusCode, harness.eventLog.recordsOf(ACCESS_LOG_TOPIC).length], [413, 0])
    assert.match(json.json().message, /send them in parts/)
  })

  test('a resource is appended with many records, once for each 8 MiB that these have with it', async t => {
    const harness = buildHarness(t)
    const body = logsOf(resourceOf(100_000), 150)
    const answer = await sendLogs(harness, body)
    assert.equal(answer.body, '{}')
    const records = harness.eventLog.recordsOf(ACCESS_LOG_TOPIC)
    const bytes = records.reduce((sum, { value }) => sum + value.byteLength, 0)
    // 150 times 0.1 MB are 14.3 MiB.
    assert.equal(records.length, 2)
    assert.ok(bytes < 2.1 * body.length, `${bytes} bytes of ${body.length}`)
    const taken = records.flatMap(({ value }) => JSON.parse(Buffer.from(value).toString()).resourceLogs)
    assert.equal(taken.flatMap(({ scopeLogs }) => scopeLogs).flatMap(({ logRecords }) => logRecords).length, 150)
  })

  test('records that would make hundreds of times the body of it are refused with the remedy, the first are taken', async t => {
    const harness = buildHarness(t)
    const answer = await sendLogs(harness, logsOf(resourceOf(255_000), 2_000))
    const { rejectedLogRecords, errorMessage } = answer.json().partialSuccess
    // 16 MiB and 16 times a body of 0.3 MB, of records that take a quarter of a megabyte each with their resource.
    assert.ok(Number(rejectedLogRecords) > 1_850 && Number(rejectedLogRecords) < 1_950, rejectedLogRecords)
    assert.match(errorMessage, /send fewer at once/)
  })

  test('refused lines beyond those that are listed are counted, and good ones among them are taken', async t => {
    const harness = buildHarness(t)
    const lines = Array.from({ length: 5_000 }, (_, index) => (index % 50 === 0 ? `{"n":${index}}` : index % 2 === 0 ? '{"a' : 'x'))
    const { status, body } = await post(harness, lines.join('\n'))
    assert.deepEqual([status, body.accepted, body.rejected_count, body.rejected.length], [202, 100, 4_900, 1_000])
    assert.deepEqual(
      harness.lines(),
      lines.filter((_, index) => index % 50 === 0),
    )
  })

  test('text lines of gateways are taken after a thousand refused ones as before them', async t => {
    const harness = buildHarness(t)
    const text = '2026-06-01T12:00:00Z info request gateway=a http.status=200'
    const { body } = await post(harness, [text, ...Array.from({ length: 1_500 }, () => 'x'), text].join('\n'))
    assert.deepEqual([body.accepted, body.rejected_count], [2, 1_500])
  })
})

/** Opens a connection and writes; gives what came back when the server has closed it, and how much could be written. */
async function writeUntilClosed(harness: Harness, t: TestContext, head: string, bytes: number) {
  const { port } = new URL(await harness.app.listen({ host: '127.0.0.1', port: 0 }))
  const socket = connect(Number(port), '127.0.0.1')
  t.after(() => socket.destroy())
  socket.on('error', () => undefined)
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
  let answer = ''
  socket.on('data', chunk => (answer += chunk))
  socket.write(head)
  let sentBytes = 0
  const chunk = Buffer.alloc(64 * 1024, 'x')
  while (sentBytes < bytes && !socket.destroyed) {
    sentBytes += chunk.length
    if (!socket.write(chunk)) await Promise.race([once(socket, 'drain').catch(() => undefined), closed])
  }
  await closed
  return { answer, sentBytes }
}

suite('a sender', () => {
  test('without a token is answered 401 at once, and the rest of its body is not taken', async t => {
    const harness = buildHarness(t, { tokens: { good: { name: 'good', role: 'sender' } } })
    const head = `POST /v1/access-logs HTTP/1.1\r\nhost: weir\r\ncontent-length: ${60 * MIB}\r\n\r\n`
    const { answer, sentBytes } = await writeUntilClosed(harness, t, head, 60 * MIB)
    assert.match(answer, /^HTTP\/1.1 401 /)
    // Some of it is in the buffers of the system, which are of some megabytes.
    assert.ok(sentBytes < 30 * MIB, `${sentBytes} bytes were taken`)
  })

  test('whose half-sent bodies hold its share gets 503, and others go on', async t => {
    const tokens = { slow: { name: 'slow', role: 'sender' }, good: { name: 'good', role: 'sender' } } as const
    const held = Promise.withResolvers<void>()
    const harness = buildHarness(t, {
      tokens,
      config: { maxBytesInFlight: 4_000 },
      beforeAppend: async (_topic, records) => (Buffer.from(records[0]?.value ?? '').includes('slow') ? await held.promise : undefined),
    })
    const as = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
    const slow = post(harness, `{"a":"slow${'x'.repeat(1_500)}"}`, as('slow'))
    while ((await harness.metric('ingest_in_flight_bytes{service="ingest"}')) === 0) await setImmediate()
    const more = await post(harness, `{"a":"${'x'.repeat(1_000)}"}`, as('slow'))
    assert.deepEqual([more.status, more.body.code], [503, 'INGEST_OVERLOADED'])
    assert.equal((await post(harness, `{"a":"${'x'.repeat(1_900)}"}`, as('good'))).status, 202)
    held.resolve()
    assert.equal((await slow).status, 202)
    assert.equal((await post(harness, `{"a":"${'x'.repeat(1_900)}"}`, as('slow'))).status, 202)
    assert.equal(await harness.metric('ingest_in_flight_bytes{service="ingest"}'), 0)
  })

  test('bound to tenants may send metrics of no pool but those that are named with its token', async t => {
    const harness = buildHarness(t, {
      tokens: {
        acme: { name: 'acme', role: 'sender', tenants: ['acme'] },
        team: { name: 'team', role: 'sender', tenants: ['acme'], pools: ['own'] },
        all: { name: 'all', role: 'sender' },
      },
    })
    const push = async (token: string, url: string) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/plain' }
      const answer = await harness.app.inject({ method: 'POST', url, headers, payload: 'vllm:num_requests_running 1\n' })
      return answer.statusCode
    }
    assert.equal(await push('acme', '/v1/engine-metrics?pool=shared'), 403)
    assert.equal(await push('team', '/v1/engine-metrics?pool=shared'), 403)
    assert.equal(await push('team', '/v1/engine-metrics?pool=own'), 202)
    assert.equal(await push('all', '/v1/engine-metrics?pool=shared'), 202)
    assert.equal(await push('team', '/otlp/v1/metrics'), 403)
  })
})

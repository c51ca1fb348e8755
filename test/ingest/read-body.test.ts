import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { constants, createZstdCompress, gzipSync, zstdCompressSync } from 'node:zlib'
import { readBody } from '../../services/ingest/read-body.ts'
import { delay } from '../../services/platform/clock.ts'
import { AppError } from '../../services/platform/errors.ts'
import { buildHarness } from './harness.ts'

const MIB = 1024 * 1024

function countingLease(): { add(bytes: number): void; heldBytes: number } {
  return {
    heldBytes: 0,
    add(bytes) {
      this.heldBytes += bytes
    },
  }
}

const code = (expected: string) => (error: unknown) => error instanceof AppError && error.code === expected

for (const [name, compress] of [
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
] as const) {
  test(`a ${name} bomb is stopped at the inflated limit, never holding more`, async () => {
    const bomb = compress(Buffer.alloc(200 * MIB))
    assert.ok(bomb.length < 256 * 1024, `${bomb.length} bytes as sent`)
    const lease = countingLease()
    const options = { contentEncoding: name, maxBodyBytes: 16 * MIB, maxInflatedBytes: 64 * MIB, lease }
    await assert.rejects(readBody(Readable.from([bomb]), options), code('INGEST_BODY_TOO_LARGE'))
    assert.ok(lease.heldBytes <= 64 * MIB)
  })
}

for (const [name, compress] of [
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
] as const) {
  test(`all ${name} frames of a body are read, and what is none is refused`, async () => {
    const read = (...parts: Buffer[]) =>
      readBody(Readable.from(parts), { contentEncoding: name, maxBodyBytes: MIB, maxInflatedBytes: MIB, lease: countingLease() })
    const [one, two] = [compress('{"a":1}\n'), compress('{"b":2}\n')]
    assert.equal((await read(Buffer.concat([one, two]))).toString(), '{"a":1}\n{"b":2}\n')
    assert.equal((await read(one, two, one)).toString(), '{"a":1}\n{"b":2}\n{"a":1}\n')
    await assert.rejects(read(one, Buffer.from('{"c":3}\n')), code('INGEST_BODY_INVALID'))
    await assert.rejects(read(Buffer.concat([one, two.subarray(0, -2)])), code('INGEST_BODY_INVALID'))
  })
}

test('a body of very many empty frames is refused before it is worked through', async () => {
  const frames = Buffer.concat(Array.from<Buffer>({ length: 100_000 }).fill(zstdCompressSync('')))
  const options = { contentEncoding: 'zstd', maxBodyBytes: MIB, maxInflatedBytes: MIB, lease: countingLease() }
  await assert.rejects(readBody(Readable.from([frames]), options), /more than 1024 frames/)
})

test('a body over the limit is refused by its length before a byte is read, and by its bytes when it has no length', async () => {
  const lease = countingLease()
  const options = { contentEncoding: undefined, maxBodyBytes: 10, maxInflatedBytes: 100, lease }
  await assert.rejects(readBody(Readable.from([Buffer.alloc(5)]), { ...options, contentLength: '11' }), code('INGEST_BODY_TOO_LARGE'))
  assert.equal(lease.heldBytes, 0)
  await assert.rejects(readBody(Readable.from([Buffer.alloc(6), Buffer.alloc(6)]), options), code('INGEST_BODY_TOO_LARGE'))
  assert.equal((await readBody(Readable.from([Buffer.alloc(6), Buffer.alloc(4)]), options)).length, 10)
})

test('what the lease throws is what the reader throws', async () => {
  const lease = {
    add() {
      throw new AppError('INGEST_OVERLOADED', 'full')
    },
  }
  const options = { contentEncoding: 'gzip', maxBodyBytes: MIB, maxInflatedBytes: MIB, lease }
  await assert.rejects(readBody(Readable.from([gzipSync('{"a":1}')]), options), code('INGEST_OVERLOADED'))
})

test('a source that fails midway is an invalid body, not a short one', async () => {
  async function* cut(): AsyncGenerator<Buffer> {
    yield Buffer.from('{"a":1}\n')
    throw new Error('connection reset')
  }
  for (const contentEncoding of [undefined, 'gzip']) {
    const options = { contentEncoding, maxBodyBytes: MIB, maxInflatedBytes: MIB, lease: countingLease() }
    await assert.rejects(readBody(Readable.from(cut()), options), code('INGEST_BODY_INVALID'))
  }
})

test('a zstd frame that asks for a window above 8 MB is refused', async () => {
  // Compressed as a stream, the frame does not tell its size, so the reader must provide the whole window.
  const stream = createZstdCompress({ params: { [constants.ZSTD_c_windowLog]: 27 } })
  stream.end(Buffer.alloc(20 * MIB, 'ab'))
  const streamed = Buffer.concat(await stream.toArray())
  const options = { contentEncoding: 'zstd', maxBodyBytes: 16 * MIB, maxInflatedBytes: 64 * MIB, lease: countingLease() }
  await assert.rejects(readBody(Readable.from([streamed]), options), code('INGEST_BODY_INVALID'))
})

test('a sender that is refused midway can read why, over a real connection', async t => {
  const harness = buildHarness(t, { config: { maxBodyBytes: 100_000 } })
  await harness.app.listen({ port: 0, host: '127.0.0.1' })
  const address = harness.app.server.address() as { port: number }
  const answer = await fetch(`http://127.0.0.1:${address.port}/v1/access-logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: ReadableStream.from(Array.from({ length: 40 }, () => Buffer.alloc(10_000, '\n'))),
    duplex: 'half',
  } as RequestInit)
  assert.equal(answer.status, 413)
  assert.equal(((await answer.json()) as { code: string }).code, 'INGEST_BODY_TOO_LARGE')
})

test('a connection cut in the middle of a body appends nothing and gives its bytes back', async t => {
  const harness = buildHarness(t)
  await harness.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = harness.app.server.address() as { port: number }
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const finished = new Promise<void>(resolve =>
    harness.app.server.once('request', (_request, response) => response.once('close', () => resolve())),
  )
  socket.write('POST /v1/access-logs HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"a":1}\n')
  await once(harness.app.server, 'request')
  while ((await harness.metric('ingest_in_flight_bytes{service="ingest"}')) !== 8) await new Promise(setImmediate)
  socket.destroy()
  await finished
  while ((await harness.metric('ingest_in_flight_bytes{service="ingest"}')) !== 0) await new Promise(setImmediate)
  assert.deepEqual(harness.lines(), [])
})

test('a body that trickles in is answered 408 when its time is over, whatever still comes, and gives its bytes back', async t => {
  const harness = buildHarness(t)
  await harness.app.listen({ port: 0, host: '127.0.0.1' })
  const { server } = harness.app
  // What the product says of itself: a minute, looked at each second. The test waits for less.
  assert.equal(server.requestTimeout, 60_000)
  server.headersTimeout = server.requestTimeout = 300
  const { port } = server.address() as { port: number }
  const socket = connect(port, '127.0.0.1')
  t.after(() => socket.destroy())
  socket.on('error', () => undefined)
  let answer = ''
  socket.on('data', chunk => (answer += chunk))
  socket.write('POST /v1/access-logs HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{"a":1}\n')
  let isHeld = false
  while (!socket.destroyed) {
    socket.write(' ')
    isHeld ||= ((await harness.metric('ingest_in_flight_bytes{service="ingest"}')) ?? 0) > 0
    await delay(20)
  }
  assert.ok(isHeld, 'the body was being read')
  assert.match(answer, /^HTTP\/1\.1 408 /)
  while ((await harness.metric('ingest_in_flight_bytes{service="ingest"}')) !== 0) await new Promise(setImmediate)
  assert.deepEqual(harness.lines(), [])
})

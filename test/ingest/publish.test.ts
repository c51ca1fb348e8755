import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { buildMessages, buildPublisher } from '../../services/ingest/publish.ts'
import { buildProgress } from '../../services/platform/health.ts'
import { buildMetrics } from '../../services/platform/metrics.ts'

const texts = (messages: readonly Buffer[]) => messages.map(message => message.toString('utf8'))

suite('lines into messages', () => {
  test('lines that follow one another in a body make a message that is no copy', () => {
    const body = Buffer.from('one\ntwo\nthree\n')
    const gathered = buildMessages()
    for (const [from, to] of [
      [0, 3],
      [4, 7],
      [8, 13],
    ] as const)
      gathered.add(body.subarray(from, to))
    const [message] = gathered.messages()
    assert.equal(message?.toString(), 'one\ntwo\nthree')
    assert.equal(message?.buffer, body.buffer)
    assert.equal(gathered.lineBytes, 11)
  })

  test('a line that was left out, or other text between two lines, is in no message', () => {
    const body = Buffer.from('one\nbad\ntwo,three\r\nfour')
    const gathered = buildMessages()
    for (const line of ['one', 'two', 'three', 'four']) {
      const at = body.indexOf(line)
      gathered.add(body.subarray(at, at + line.length))
    }
    assert.deepEqual(texts(gathered.messages()), ['one\ntwo\nthree\nfour'])
    assert.equal(body.toString(), 'one\nbad\ntwo,three\r\nfour')
  })

  test('for any lines, kept or not, messages hold the kept ones in order and none is longer than allowed unless one line is', () => {
    const line = fc.record({
      text: fc.stringMatching(/^[a-z]{1,12}$/),
      isKept: fc.boolean(),
      separator: fc.constantFrom('\n', '\n\n', '\r\n', ','),
    })
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), fc.integer({ min: 1, max: 80 }), fc.nat(9), (lines, maxBytes, offset) => {
        const text = lines.map(({ text, separator }) => text + separator).join('')
        const body = Buffer.from(' '.repeat(offset) + text).subarray(offset)
        const gathered = buildMessages(maxBytes)
        let at = 0
        for (const { text, isKept, separator } of lines) {
          if (isKept) gathered.add(body.subarray(at, at + text.length))
          at += text.length + separator.length
        }
        const messages = texts(gathered.messages())
        const kept = lines.filter(({ isKept }) => isKept).map(({ text }) => text)
        assert.deepEqual(
          messages.flatMap(message => message.split('\n')),
          kept,
        )
        for (const message of messages) assert.ok(message.length <= maxBytes || !message.includes('\n'), message)
        assert.equal(body.toString(), text)
        assert.equal(gathered.lineBytes, kept.join('').length)
      }),
    )
  })
})

test('a message of tiny lines is closed at 2,000 of them: whoever decodes it does so at one go', () => {
  const lines = Array.from({ length: 5_000 }, (_, index) => `{"n":${index}}`)
  const gathered = buildMessages()
  for (const line of lines) gathered.add(Buffer.from(line))
  const messages = gathered.messages().map(message => message.toString('utf8').split('\n'))
  assert.deepEqual(
    messages.map(({ length }) => length),
    [2_000, 2_000, 1_000],
  )
  assert.deepEqual(messages.flat(), lines)
})

test('once a sender was told 503 nothing more of its body is appended: it sends all of it again', async () => {
  const first = Promise.withResolvers<void>()
  let appends = 0
  const settled = Promise.withResolvers<void>()
  const now = () => 0
  const publisher = buildPublisher(
    { appendTimeoutMs: 5 },
    {
      eventLog: { append: async () => (appends++ === 0 ? await first.promise : undefined) },
      metrics: buildMetrics('ingest'),
      progress: buildProgress(now, { stalledAfterMs: 60_000 }),
      now,
    },
  )
  // Two records that do not fit into one append of 8 MB.
  const records = [{ value: Buffer.alloc(6 * 1024 * 1024) }, { value: Buffer.alloc(6 * 1024 * 1024) }]
  await assert.rejects(publisher.publish('t', records, settled.resolve), { code: 'EVENT_LOG_UNAVAILABLE' })
  first.resolve()
  await settled.promise
  assert.equal(appends, 1)
})

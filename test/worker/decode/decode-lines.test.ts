import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { acceptTimeAt } from '../../../services/worker/decode/accept-time.ts'
import { decodeAccessLog } from '../../../services/worker/decode/decode-lines.ts'
import { sample } from '../../fixtures/samples.ts'
import { canonicalLine, envoyLine, kongLine, litellmLine, STARTED_AT } from '../../schemas/dialects/lines.ts'
import { accessRecord, anyTime, TAKEN_AT } from '../records.ts'

const good = (id: string) => JSON.stringify(envoyLine(id))

/** Request ids that came through, and the codes and positions of what did not. */
function outcome(value: string | Uint8Array, headers: Record<string, string> = {}, config = anyTime) {
  const { rows, deadLetters, lines } = decodeAccessLog(accessRecord(value, headers), config)
  return {
    ids: rows.map(row => row.request_id),
    refused: deadLetters.map(letter => [letter.line_no, letter.code]),
    lines,
    rows,
    deadLetters,
  }
}

suite('access-log messages', () => {
  test('a row knows where it came from', () => {
    const { rows } = outcome(`${good('a')}\n${JSON.stringify(kongLine('b'))}`, { source: 'gateway-1', dialect: 'litellm' })
    const [first, second] = rows
    assert.deepEqual(
      [
        first?.source,
        first?.dialect,
        first?.log_epoch,
        first?.topic,
        first?.partition,
        first?.offset,
        first?.line_no,
        first?.row_no,
        first?.received_at,
      ],
      ['gateway-1', 'envoy', 'epoch-1', 'weir.access-log.v1', 3, 41, 0, 0, TAKEN_AT],
    )
    assert.equal(first?.window_start, Date.parse('2026-11-23T17:26:00Z'))
    assert.deepEqual([second?.dialect, second?.line_no, second?.row_no], ['kong', 1, 0])
  })

  test('tries of one line share its number and count their rows', () => {
    const tries = [
      { ip: '10.8.1.11', balancer_start: STARTED_AT },
      { ip: '10.8.1.12', balancer_start: STARTED_AT + 9 },
    ]
    const { rows, lines } = outcome(JSON.stringify(kongLine('a', { tries, upstream_status: '503, 200' })))
    assert.equal(lines, 1)
    assert.deepEqual(
      rows.map(row => [row.line_no, row.row_no, row.attempt_no]),
      [
        [0, 0, 1],
        [0, 1, 2],
      ],
    )
  })

  test('lines, arrays, lines of arrays and printed values are all messages', () => {
    const objects = ['a', 'b', 'c'].map(id => envoyLine(id))
    const texts = objects.map(object => JSON.stringify(object))
    const forms = [
      texts.join('\n'),
      `${texts.join('\r\n')}\r\n\r\n`,
      `\n\n  \n${texts.join('\n\n')}`,
      JSON.stringify(objects),
      JSON.stringify(objects, null, 2),
      `[${texts.join(',\n')}]`,
      `[\n${texts.join(',\n')}\n]`,
      `${JSON.stringify(objects.slice(0, 2))}\n${JSON.stringify(objects.slice(2))}`,
      objects.map(object => JSON.stringify(object, null, 1)).join('\n'),
      `\uFEFF${texts.join('\n')}`,
    ]
    for (const form of forms) assert.deepEqual([outcome(form).ids, outcome(form).refused], [['a', 'b', 'c'], []], form.slice(0, 40))
    assert.deepEqual(outcome(JSON.stringify(envoyLine('a'), null, 2)).ids, ['a'])
    assert.deepEqual([outcome('').lines, outcome('\n \n').lines, outcome('[]').lines], [0, 0, 0])
  })

  const bad: [string, string | Uint8Array, string, RegExp][] = [
    ['a truncated line', good('x').slice(0, 80), 'LINE_NOT_JSON', /not JSON at character 80: expected text that ends/],
    ['a stray comma', '{"a":1,}', 'LINE_NOT_JSON', /at character 8: expected a name in quotes/],
    ['a plain word', 'hello', 'LINE_NOT_JSON', /at character 1: expected a value/],
    ['a number', '42', 'LINE_NOT_JSON', /a number; expected a JSON object/],
    ['a raw NUL', '{"a":"\u0000"}', 'LINE_NOT_JSON', /at character 6/],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 'LINE_NOT_UTF8', /from byte 3 on/],
    ['an overlong line', JSON.stringify(envoyLine('x', { pad: 'é'.repeat(40_000) })), 'LINE_TOO_LONG', /the limit is 65536/],
    ['an unknown dialect', '{"hello":1}', 'LINE_DIALECT_UNKNOWN', /fields hello/],
    ['an escaped NUL in a name', JSON.stringify(envoyLine('x\u0000')), 'LINE_FIELD_INVALID', /request_id holds a NUL/],
    [
      'half a surrogate pair in a name',
      good('x').replace('dept-a', '\\ud800'),
      'LINE_FIELD_INVALID',
      /tenant_id holds half a surrogate pair/,
    ],
    ['a number beyond all', good('x').replace('"900"', '1e400'), 'LINE_FIELD_INVALID', /input_tokens is Infinity/],
    ['a missing tenant', JSON.stringify(envoyLine('x', { 'tenant.id': null })), 'LINE_FIELD_MISSING', /tenant_id is missing/],
    ['an array inside an array on a line', `[[${good('x')}]]`, 'LINE_NOT_JSON', /array inside an array/],
  ]
  for (const [name, line, code, message] of bad) {
    test(`${name} is one dead letter, whole, and its neighbours are kept`, () => {
      const bytes = typeof line === 'string' ? Buffer.from(line) : line
      const around = Buffer.concat([Buffer.from(`${good('a')}\n`), bytes, Buffer.from(`\n${good('b')}`)])
      const { ids, refused, deadLetters, lines } = outcome(around, { source: 'gateway-1' })
      assert.deepEqual([ids, refused, lines], [['a', 'b'], [[1, code]], 3])
      const [letter] = deadLetters
      assert.match(letter?.message ?? '', message)
      const kept = letter?.encoding === 'base64' ? Buffer.from(letter.line, 'base64') : Buffer.from(letter?.line ?? '')
      const whole = line === `[[${good('x')}]]` ? Buffer.from(`[${good('x')}]`) : bytes
      assert.deepEqual(kept, Buffer.from(whole))
      assert.deepEqual([letter?.source, letter?.offset, letter?.partition, letter?.log_epoch], ['gateway-1', 41, 3, 'epoch-1'])
    })
  }

  test('a bad element of an array does not cost the others', () => {
    const compact = `[${good('a')},{bad},${good('b')}]`
    assert.deepEqual([outcome(compact).ids, outcome(compact).refused], [['a', 'b'], [[1, 'LINE_NOT_JSON']]])
    const printed = `[\n${good('a')},\n{"x":tru},\n${good('b')}\n]`
    assert.deepEqual([outcome(printed).ids, outcome(printed).refused], [['a', 'b'], [[1, 'LINE_NOT_JSON']]])
  })

  test('a truncated first line does not cost the rest', () => {
    const { ids, refused } = outcome(`${good('x').slice(0, 50)}\n${good('a')}\n${good('b')}`)
    assert.deepEqual([ids, refused], [['a', 'b'], [[0, 'LINE_NOT_JSON']]])
  })

  test('an array may be longer than a line, its elements may not', () => {
    const many = Array.from({ length: 200 }, (_, index) => envoyLine(`r${index}`))
    assert.equal(outcome(JSON.stringify(many)).ids.length, 200)
    const withLong = JSON.stringify([envoyLine('a'), envoyLine('x', { pad: 'y'.repeat(70_000) }), envoyLine('b')])
    assert.deepEqual([outcome(withLong).ids, outcome(withLong).refused], [['a', 'b'], [[1, 'LINE_TOO_LONG']]])
  })

  test('nesting of any depth is data', () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
    const { ids } = outcome(`{"deep":${deep},${good('a').slice(1)}\n${good('b')}`)
    assert.deepEqual(ids, ['a', 'b'])
    assert.deepEqual(outcome(`${deep}\n${good('b')}`).ids, ['b'])
  })

  test('a line is accepted from 35 days before to 5 minutes after the log took it', () => {
    const config = { ...anyTime, ...acceptTimeAt(TAKEN_AT) }
    const at = (ms: number) => outcome(JSON.stringify(canonicalLine('a', { started_at: ms })), {}, config)
    const [first, last] = [TAKEN_AT - 35 * 86_400_000, TAKEN_AT + 300_000]
    assert.deepEqual([at(first).ids.length, at(last).ids.length], [1, 1])
    for (const ms of [first - 1, last + 1, 0, Date.UTC(9999, 11, 31), Number.MAX_SAFE_INTEGER]) {
      assert.deepEqual(at(ms).refused, [[0, 'LINE_TIME_OUT_OF_RANGE']])
    }
    assert.match(
      at(0).deadLetters[0]?.message ?? '',
      /started_at is 1970-01-01T00:00:00\.000Z; accepted is 2026-10-19T17:30:00\.000Z to 2026-11-23T17:35:00\.000Z \(UTC\)/,
    )
  })

  test('a sender writes only for its tenants', () => {
    const lines = `${good('a')}\n${JSON.stringify(envoyLine('b', { 'tenant.id': 'dept-b' }))}`
    assert.deepEqual(outcome(lines, { tenants: '["dept-a"]' }).refused, [[1, 'LINE_TENANT_NOT_ALLOWED']])
    assert.deepEqual(outcome(lines, { tenants: '["dept-a","dept-b"]' }).refused, [])
    assert.deepEqual(outcome(lines, {}).refused, [])
    for (const header of ['[]', 'dept-a', '"dept-a"', '{"dept-a":1}', '[1]'])
      assert.equal(outcome(lines, { tenants: header }).ids.length, 0, header)
  })

  test('the callback bodies of a real LiteLLM proxy are one message', () => {
    const config = { ...anyTime, maxLineBytes: 1024 * 1024 }
    const { rows, lines, deadLetters } = outcome(sample('litellm_proxy_capture.ndjson.gz'), {}, config)
    assert.deepEqual([lines, rows.length, deadLetters.length], [64, 64, 0])
    assert.equal(new Set(rows.map(row => row.line_no)).size, 64)
  })
})

suite('decoding anything', () => {
  const dialectLine = fc.constantFrom(canonicalLine('r1'), envoyLine('r1'), litellmLine('r1'), kongLine('r1'))
  const bent = fc
    .tuple(dialectLine, fc.dictionary(fc.string(), fc.jsonValue()))
    .chain(([line, more]) =>
      fc
        .record({ field: fc.constantFrom(...Object.keys(line)), value: fc.jsonValue() })
        .map(({ field, value }) => JSON.stringify({ ...more, ...line, [field]: value })),
    )
  const anyLine = fc.oneof(bent, fc.json(), fc.string({ unit: 'binary' }), fc.constantFrom('{', '[', ']', '[{', '"', '\\', '\ud800'))

  test('is total and deterministic: every record is rows, one dead letter or one skip, and the same each time', () => {
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 6 }), fc.uint8Array({ maxLength: 40 }), (lines, noise) => {
        const value = Buffer.concat([Buffer.from(lines.join('\n')), noise])
        const once = decodeAccessLog(accessRecord(value), anyTime)
        assert.deepEqual(decodeAccessLog(accessRecord(value), anyTime), once)
        const accepted = new Set(once.rows.map(row => row.line_no))
        assert.equal(accepted.size + once.deadLetters.length + once.skipped.length, once.lines)
        for (const letter of once.deadLetters) assert.ok(!accepted.has(letter.line_no) && letter.code !== 'LINE_NOT_READ', letter.message)
        for (const row of once.rows) assert.ok(row.extra.isWellFormed() && row.tenant_id.isWellFormed())
      }),
      { numRuns: 400 },
    )
  })

  test('keeps the neighbours of any line', () => {
    fc.assert(
      fc.property(fc.oneof(bent, fc.json(), fc.string({ unit: 'binary' })), line => {
        const single = line.replaceAll('\n', ' ')
        const ids = outcome(`${good('first')}\n${single}\n${good('last')}`).ids
        assert.deepEqual([ids[0], ids.at(-1)], ['first', 'last'])
      }),
      { numRuns: 300 },
    )
  })
})

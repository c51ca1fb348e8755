import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type CheckedLines, checkLines } from '../../services/ingest/check-lines.ts'

async function check(body: string | Buffer, maxLineBytes = 1000): Promise<CheckedLines & { lines: string[] }> {
  const lines: string[] = []
  const checked = await checkLines(Buffer.from(body), { maxLineBytes }, line => lines.push(line.toString('utf8')))
  return { ...checked, lines }
}

const codes = (checked: CheckedLines) => checked.rejected.map(({ line, code }) => [line, code])

test('the elements of an array are its lines, numbered from 1', async () => {
  const checked = await check('[{"a":1}, {"b":[1,{"c":"],}"}]} ,3, null,, "x",\n{"d":2}]\n')
  assert.deepEqual(checked.lines, ['{"a":1}', '{"b":[1,{"c":"],}"}]}', '{"d":2}'])
  assert.deepEqual(codes(checked), [
    [3, 'LINE_NOT_JSON'],
    [4, 'LINE_NOT_JSON'],
    [5, 'LINE_NOT_JSON'],
    [6, 'LINE_NOT_JSON'],
  ])
})

test('text in brackets is lines and no array: Envoy’s own log, kubectl’s prefix', async () => {
  const lines = [
    '[2025-08-28 13:25:37.469][116][warning][config] [source/ratelimit_config.cc:93] No token bucket',
    '[pod/envoy-7f/envoy] {"a":1}',
    '{"a":2}',
  ]
  for (let from = 0; from < lines.length; from++) {
    const checked = await check(lines.slice(from).join('\n'))
    assert.deepEqual([checked.lines, checked.rejectedCount], [lines.slice(from), 0])
  }
})

test('an empty array has no lines', async () => {
  assert.deepEqual(await check(' [ \n ] '), { accepted: 0, rejected: [], rejectedCount: 0, lines: [] })
})

test('a cut array keeps its whole elements and says that it is cut', async () => {
  const inside = await check('[{"a":1},{"b":2},{"c":')
  assert.deepEqual(inside.lines, ['{"a":1}', '{"b":2}'])
  assert.deepEqual(codes(inside), [
    [3, 'LINE_NOT_JSON'],
    [4, 'LINE_NOT_JSON'],
  ])
  const between = await check('[{"a":1},{"b":2}')
  assert.deepEqual(between.lines, ['{"a":1}', '{"b":2}'])
  assert.deepEqual(codes(between), [[3, 'LINE_NOT_JSON']])
  assert.match(between.rejected[0]?.message ?? '', /not closed/)
})

test('text after an array is one rejected line', async () => {
  const checked = await check('[{"a":1}] [{"b":2}]')
  assert.deepEqual(checked.lines, ['{"a":1}'])
  assert.deepEqual(codes(checked), [[2, 'LINE_NOT_JSON']])
})

test('one object may be spread over lines; it becomes one line with every value as sent', async () => {
  const checked = await check('{\r\n  "a": 1e400,\n  "b": {\n    "c": "x \\n y"\n  }\n}\n')
  assert.equal(checked.accepted, 1)
  assert.equal(checked.lines[0]?.includes('\n'), false)
  assert.equal(checked.lines[0]?.replaceAll(/ {2,}/g, ' '), '{ "a": 1e400, "b": { "c": "x \\n y" } }')
})

test('a spread object with a raw line break inside of a string is not accepted', async () => {
  const checked = await check('[{"a": "x\ny"}, {"b":\n2}]')
  assert.deepEqual(checked.lines, ['{"b": 2}'])
  assert.deepEqual(codes(checked), [[1, 'LINE_NOT_JSON']])
})

test('a cut first line does not swallow the lines after it', async () => {
  const checked = await check('{"a":{"x":1}\n{"b":2}\n{"c":3}')
  assert.deepEqual(checked.lines, ['{"b":2}', '{"c":3}'])
  assert.deepEqual(codes(checked), [[1, 'LINE_NOT_JSON']])
})

test('the length limit is in bytes and includes the limit', async () => {
  const line = `{"s":"${'é'.repeat(10)}"}`
  assert.equal(Buffer.byteLength(line), 28)
  assert.equal((await check(line, 28)).accepted, 1)
  assert.deepEqual(codes(await check(line, 27)), [[1, 'LINE_TOO_LONG']])
})

test('a body of opening brackets is refused without being built', async () => {
  for (const body of ['['.repeat(5_000_000), '{"a":'.repeat(1_000_000), `{"a":${'['.repeat(5_000_000)}\n`]) {
    const checked = await check(body, 900_000)
    assert.equal(checked.accepted, 0)
    assert.ok(checked.rejectedCount >= 1)
  }
})

test('nesting is counted outside of strings', async () => {
  assert.equal((await check(`{"s":"${'['.repeat(200)}\\"${'{'.repeat(200)}"}`)).accepted, 1)
  assert.equal((await check(`${'{"a":'.repeat(64)}1${'}'.repeat(64)}`)).accepted, 1)
  assert.deepEqual(codes(await check(`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`)), [[1, 'LINE_TOO_DEEP']])
})

const goodLine = fc
  .dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 3 }))
  .map(value => Buffer.from(JSON.stringify(value)))
const badLine = fc.oneof(
  goodLine.filter(line => line.length > 2).chain(line => fc.integer({ min: 1, max: line.length - 1 }).map(end => line.subarray(0, end))),
  fc
    .constantFrom('null', '[]', '[{"a":1}]', '"x"', '1e400', '{"a":1}{"b":2}', '{"a":\0}', '{"a":01}', 'x'.repeat(2000))
    .map(text => Buffer.from(text)),
  fc.constant(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])),
  fc.constant(Buffer.from(`{"s":"${'y'.repeat(2000)}"}`)),
)

test('of any mix of good and bad lines none is missing, and accepted bytes arrive unchanged and in order', async () => {
  const line = fc.oneof(
    goodLine.filter(bytes => bytes.length <= 1000).map(bytes => ({ bytes, isGood: true })),
    badLine.map(bytes => ({ bytes, isGood: false })),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 30 }),
      fc.constantFrom('\n', '\r\n', '\n\n'),
      fc.boolean(),
      async (lines, end, hasLastEnd) => {
        // A first line that begins an array makes the whole body one.
        const given = [{ bytes: Buffer.from('{"first":1}'), isGood: true }, ...lines]
        const body = Buffer.concat(
          given.flatMap(({ bytes }, index) => (index < given.length - 1 || hasLastEnd ? [bytes, Buffer.from(end)] : [bytes])),
        )
        const arrived: Buffer[] = []
        const checked = await checkLines(body, { maxLineBytes: 1000 }, bytes => arrived.push(Buffer.from(bytes)))
        assert.equal(checked.accepted + checked.rejectedCount, given.length)
        assert.deepEqual(
          arrived.map(String),
          given.filter(({ isGood }) => isGood).map(({ bytes }) => String(bytes)),
        )
        const spacing = end === '\n\n' ? 2 : 1
        assert.deepEqual(
          checked.rejected.map(rejection => rejection.line),
          given.flatMap(({ isGood }, index) => (isGood ? [] : [index * spacing + 1])),
        )
      },
    ),
    { numRuns: 300 },
  )
})

test('an array of any objects, spaced in any way, gives each object as sent', async () => {
  const blank = fc.constantFrom('', ' ', '\n', '\t ', '\r\n')
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        goodLine.filter(bytes => bytes.length <= 1000),
        { maxLength: 20 },
      ),
      blank,
      blank,
      async (objects, before, after) => {
        const body = Buffer.from(`${before}[${objects.map(bytes => `${before}${bytes}${after}`).join(',')}]${after}`)
        const arrived: string[] = []
        const checked = await checkLines(body, { maxLineBytes: 1000 }, bytes => arrived.push(bytes.toString()))
        assert.deepEqual(arrived, objects.map(String))
        assert.equal(checked.rejectedCount, 0)
      },
    ),
    { numRuns: 200 },
  )
})

test('lines of container runtimes and text logs of gateways are accepted as they came, other text is not', async () => {
  const cri = '2026-08-20T13:00:02.123Z stdout F {"a":1}'
  const part = '2026-08-20T13:00:02.123Z stdout P {"a":'
  const agentgateway = '2026-08-20T13:00:01.840000Z\tinfo\trequest gateway=g route=r http.status=200 duration=706ms'
  const checked = await check([cri, 'hello', part, agentgateway, '[2026-08-20 13:00:02][info] starting'].join('\n'))
  assert.deepEqual(checked.lines, [cri, part, agentgateway])
  assert.deepEqual(codes(checked), [
    [2, 'LINE_NOT_JSON'],
    [5, 'LINE_NOT_JSON'],
  ])
})

test('a line is judged alike whether its fault is listed or only counted', async () => {
  const anyLine = fc.oneof(
    fc.json().map(text => text.replaceAll('\n', ' ')),
    fc.dictionary(fc.string(), fc.json()).map(value => JSON.stringify(value)),
    fc.string({ unit: 'binary' }).map(text => text.replaceAll(/[\r\n]/g, ' ')),
    fc.constantFrom('2026-06-01T00:00:00Z stdout F x', 'info request a=b', 'info request a="b'),
    fc.constantFrom('{"a":1', '{"a":1}x', '\u0000{}', '{}'),
  )
  const refused = Array.from({ length: 1_000 }, () => 'x').join('\n')
  await fc.assert(
    fc.asyncProperty(anyLine, async line => {
      const alone = await checkLines(Buffer.from(`#\n${line}`), { maxLineBytes: 200 }, () => {})
      const behind = await checkLines(Buffer.from(`${refused}\n#\n${line}`), { maxLineBytes: 200 }, () => {})
      assert.deepEqual([behind.accepted, behind.rejectedCount], [alone.accepted, alone.rejectedCount + 1_000], line)
    }),
    { numRuns: 300 },
  )
})

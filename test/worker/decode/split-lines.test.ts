import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { findJsonFault } from '../../../services/worker/decode/json-fault.ts'
import { scanValues } from '../../../services/worker/decode/scan-values.ts'
import { splitLines } from '../../../services/worker/decode/split-lines.ts'

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

suite('faults of JSON', () => {
  const cases: [string, number, string][] = [
    ['', 1, 'a value'],
    ['{"a" 1}', 6, ':'],
    ['{"a":1 "b":2}', 8, ', or }'],
    ['[1 2]', 4, ', or ]'],
    ['[1,]', 4, 'a value'],
    ['{a:1}', 2, 'a name in quotes or }'],
    ['{"a":tru}', 6, 'a value'],
    ['{"a":"b', 6, 'text that ends and has no bad escape'],
    ['{"a":"\\x"}', 6, 'text that ends and has no bad escape'],
    ['{} {}', 4, 'the end'],
    ['{"a":1]', 7, ', or }'],
    ['[01]', 3, ', or ]'],
  ]
  for (const [text, position, expected] of cases) {
    test(`${JSON.stringify(text)} breaks at ${position}`, () => assert.deepEqual(findJsonFault(text), { position, expected }))
  }

  test('a fault is found exactly where JSON.parse refuses', () => {
    const text = fc.oneof(fc.json(), fc.string({ unit: 'binary' }), fc.stringMatching(/^[[\]{}",:0-9.eE+\-truefalsn\\ ]{0,14}$/))
    const broken = fc.tuple(fc.json(), fc.nat(), fc.constantFrom('', '"', ',', '}', ']', '\\', '0')).map(([json, at, extra]) => {
      const cut = at % (json.length + 1)
      return json.slice(0, cut) + extra + json.slice(cut + 1)
    })
    fc.assert(
      fc.property(fc.oneof(text, broken), candidate => {
        assert.equal(findJsonFault(candidate) === undefined, isJson(candidate))
      }),
      { numRuns: 2000 },
    )
  })
})

suite('values side by side', () => {
  test('printed objects one after another and the elements of an array come out one by one', () => {
    const values = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(values, objects => {
        const texts = objects.map(object => JSON.stringify(object, null, 2))
        const back = (text: string) => scanValues(text).map(({ start, end }) => JSON.parse(text.slice(start, end)) as unknown)
        const same = texts.map(text => JSON.parse(text) as unknown)
        assert.deepEqual(back(texts.join('\n')), same)
        assert.deepEqual(back(`[${texts.join(', ')}]`), same)
      }),
    )
  })

  test('any text is cut to an end', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => assert.ok(scanValues(text).every(({ start, end }) => end > start))))
  })
})

suite('messages meant to do harm', () => {
  const size = 300_000
  const hostile: [string, Buffer, number][] = [
    ['numbers in arrays that open and never close', Buffer.from('[1,'.repeat(size)), 1],
    ['arrays that open and never close', Buffer.from('[{},'.repeat(size)), 2],
    ['brackets that never close', Buffer.from('['.repeat(size)), 1],
    ['a very long text that never ends', Buffer.from(`"${'a'.repeat(30 * size)}`), 1],
    ['a very long blank line', Buffer.from(' '.repeat(30 * size)), 0],
    ['an array of very many elements beside a bad byte', Buffer.from(`[${'{},'.repeat(size)}{}]\n\xff`, 'latin1'), size + 2],
    ['very many empty lines', Buffer.from('\n'.repeat(30 * size)), 0],
  ]
  for (const [name, message, records] of hostile) {
    test(`${name} are split in one pass`, () => assert.equal(splitLines(message, Number.MAX_SAFE_INTEGER).length, records))
  }
})

suite('text and JSON', () => {
  test('a line is taken for JSON exactly where JSON.parse reads it', () => {
    const text = fc.oneof(
      fc.json(),
      fc.string(),
      fc.stringMatching(/^[ \t]{0,2}[-0-9.eE+]{0,6}[ \t]{0,2}$/),
      fc.constantFrom('true', ' null ', 'false', 'nul', '-', '"a"', '"', '1e5', '1e', '{} ', '\u00a01', '01'),
    )
    fc.assert(
      fc.property(text, line => {
        const [record] = splitLines(Buffer.from(line.replaceAll(/[\n[]/g, ' ')), 1e6)
        const single = line.replaceAll(/[\n[]/g, ' ').replace(/^\uFEFF/, '')
        if (single.trim() !== '') assert.equal(record?.isText, !isJson(single), JSON.stringify(single))
      }),
      { numRuns: 2000 },
    )
  })
})

test('a line has the number that an editor shows, blank lines and elements of printed arrays too', () => {
  const numbers = (text: string) => splitLines(Buffer.from(text), 1e6).map(line => line.textLine + 1)
  assert.deepEqual(numbers('{"a":1}\n\n \ntext\n{"b":2}\n'), [1, 4, 5])
  assert.deepEqual(numbers('\n\n{"a":1}'), [3])
  assert.deepEqual(numbers('[\n {\n  "a": "x\\n"\n },\n\n {}\n]'), [2, 6])
  assert.deepEqual(numbers('{"a":1}\n[{},{}]\n{"b":2}'), [1, 2, 2, 3])
  assert.deepEqual(numbers('[\n{"a":1},\n{"x":tru},\n{"b":2}\n]'), [2, 3, 4])
  assert.deepEqual(
    splitLines(Buffer.from('{"a":1}\n\n\xff\n{}', 'latin1'), 1e6).map(line => line.textLine + 1),
    [1, 3, 4],
  )
})

test('text in brackets is one line each, however it goes on', () => {
  const lines = ['[2025-08-28 13:25:37.469][116][info] a, {"b":1}', '[pod/x/y] {"a":1}', '[1, {"a":1}, {']
  for (const line of lines)
    assert.deepEqual(
      splitLines(Buffer.from(line), 1e6).map(({ raw, isText }) => [raw, isText]),
      [[line, true]],
    )
})

import assert from 'node:assert/strict'
import { isUtf8 } from 'node:buffer'
import { test } from 'node:test'
import fc from 'fast-check'
import { isJsonObject } from '../../services/ingest/json-object.ts'

const isObject = (text: string) => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
const check = (text: string, maxDepth = 64) => isJsonObject(Buffer.from(text), maxDepth)

test('what JSON.stringify writes of an object is one, with or without blanks', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 4 })), fc.nat(3), (value, indent) => {
      assert.equal(check(JSON.stringify(value, null, indent)), true)
    }),
  )
})

test('a changed byte makes no object that JSON.parse refuses, and hides none that it accepts', () => {
  const seeds = [
    '{"a":[1,-0.5e+10,"\\u00e9\\n\\"",true,false,null,{}],"b":{"c":[]}}',
    '{"number":[0,-0,10,1.25,1E5,2e-7],"text":"é€😀","escapes":"\\\\\\/\\b\\f\\r\\t"}',
    ' {\t"x" :\r\n [ ] , "y":{ } } ',
  ]
  fc.assert(
    fc.property(
      fc.constantFrom(...seeds),
      fc.nat(100),
      fc.integer({ min: 0, max: 255 }),
      fc.constantFrom(0, 1),
      (seed, at, byte, removed) => {
        const bytes = Buffer.from(seed)
        const index = at % bytes.length
        const changed = Buffer.concat([bytes.subarray(0, index), Buffer.from([byte]), bytes.subarray(index + removed)])
        if (isUtf8(changed)) assert.equal(isJsonObject(changed, 64), isObject(changed.toString('utf8')), changed.toString('utf8'))
      },
    ),
    { numRuns: 20_000 },
  )
})

test('text made of the characters of JSON is judged as JSON.parse does', () => {
  const token = fc.constantFrom(...'{}[]:,"\\ \t\n-+.0179eEuatfn', 'true', 'false', 'null', '"k":', '{"k":', '\\u12aF')
  fc.assert(
    fc.property(fc.array(token, { maxLength: 12 }), tokens => {
      for (const text of [tokens.join(''), `{"k":${tokens.join('')}}`]) assert.equal(check(text), isObject(text), text)
    }),
    { numRuns: 20_000 },
  )
})

for (const text of [
  '{"a":01}',
  '{"a":1.}',
  '{"a":.5}',
  '{"a":+1}',
  '{"a":1e}',
  '{"a":-}',
  '{"a":"\t"}',
  '{"a":"\\x"}',
  '{"a":"\\u12g4"}',
  '{"a":tru}',
  '{a:1}',
  '{"a":1,}',
  '{"a":1}x',
  '{"a"}',
  '{"a":"',
  '[1]',
  '1',
  '',
  '\ufeff{}',
]) {
  test(`${JSON.stringify(text)} is no object`, () => {
    assert.equal(isObject(text), false)
    assert.equal(check(text), false)
  })
}

test('nesting is counted in objects and arrays, the outermost included', () => {
  assert.equal(check('{"a":[{}]}', 3), true)
  assert.equal(check('{"a":[{}]}', 2), false)
  assert.equal(check(`{"a":${'['.repeat(100_000)}`), false)
})

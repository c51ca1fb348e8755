import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { safeLine, safeLines } from '../../../services/alert/message/safe-text.ts'
import { columnsOf, sparkline } from '../../../services/alert/message/sparkline.ts'
import { uglyText } from '../receivers/notifications.ts'

/** U+2068 and U+2069, which the text itself brings no more. */
const isolates = /[\u2068\u2069]/g

suite('safe text', () => {
  test('is one well-formed line of bounded length without anything unseen', () => {
    fc.assert(
      fc.property(uglyText, fc.integer({ min: 0, max: 320 }), (text, most) => {
        const line = safeLine(text, most)
        assert.ok(line.length <= most, `${line.length} > ${most}`)
        assert.ok(line.isWellFormed())
        // Controls and format characters by their Unicode classes; the joiner of emoji may stay.
        assert.doesNotMatch(line.replace(isolates, '').replaceAll('\u200d', ''), /[\p{Cc}\p{Cf}\u2028\u2029]/u)
      }),
    )
  })

  test('every isolate is closed, none is empty or nested', () => {
    fc.assert(
      fc.property(uglyText, fc.integer({ min: 0, max: 320 }), (text, most) => {
        assert.match(safeLine(text, most), /^([^\u2068\u2069]|\u2068[^\u2068\u2069]+\u2069)*$/)
      }),
    )
  })

  test('text from right to left is isolated, so that numbers beside it stay where they were written', () => {
    assert.equal(safeLine('budget of שלום עולם: 41 %', 100), 'budget of \u2068שלום עולם\u2069: 41 %')
    assert.equal(safeLine('\u202Eevil', 100), 'evil')
    assert.equal(safeLine('plain', 100), 'plain')
  })

  test('whole characters are kept or left out', () => {
    const family = '👩‍👩‍👧‍👦'
    assert.equal(safeLine(family.repeat(3), family.length * 2 + 1), `${family.repeat(2)}…`)
    assert.equal(safeLine(family.repeat(3), family.length * 3), family.repeat(3))
    assert.equal(safeLine('abcdef', 4), 'abc…')
    assert.equal(safeLine('a  b\tc\u0000\nd', 20), 'a b c d')
    assert.ok(safeLine(`e${'\u0301'.repeat(299)}x`, 100).length < 30)
  })

  test('lines end where the room ends', () => {
    assert.deepEqual(safeLines('one\n\n two \r\nthree', 100), ['one', 'two', 'three'])
    assert.deepEqual(safeLines('one\ntwo\nthree', 6), ['one', 't…'])
    fc.assert(
      fc.property(fc.array(uglyText, { maxLength: 20 }), fc.integer({ min: 0, max: 500 }), (texts, most) => {
        const lines = safeLines(texts.join('\n'), most)
        assert.ok(lines.join('\n').length <= most)
      }),
    )
  })
})

suite('a chart of one line', () => {
  const trendOf = (values: readonly (number | null)[]) => values.map((value, index) => ({ at_ms: index, value }))

  test('shows low and high, gaps and the last', () => {
    assert.equal(sparkline(trendOf([0, 1, 2, 3, 4, 5, 6, 7])), '▁▂▃▄▅▆▇█ 0 → 7, at most 7')
    assert.equal(sparkline(trendOf([5, null, 5])), '█·█ 5 → 5, at most 5')
    assert.equal(sparkline(trendOf([0, 0])), '▁▁ 0 → 0, at most 0')
    assert.deepEqual([sparkline([]), sparkline(trendOf([1])), sparkline(trendOf([null, null]))], ['', '', ''])
  })

  test('keeps the peaks when it is made shorter', () => {
    const values = Array.from({ length: 300 }, (_, index) => (index === 123 ? 9 : 1))
    assert.equal([...(sparkline(trendOf(values), 30).split(' ')[0] ?? '')].filter(sign => sign === '█').length, 1)
    fc.assert(
      fc.property(fc.array(fc.option(fc.double({ noNaN: true })), { maxLength: 300 }), fc.integer({ min: 1, max: 60 }), (any, most) => {
        const columns = columnsOf(trendOf(any), most)
        assert.ok(columns.length <= most)
        for (const height of columns) assert.ok(height === null || (height >= 0 && height <= 1), String(height))
        sparkline(trendOf(any), most)
      }),
    )
  })
})

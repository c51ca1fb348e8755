import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { decimalText } from '../../../schemas/dialects/decimal-text.ts'
import { parseIsoTime } from '../../../schemas/dialects/iso-time.ts'

suite('amounts as decimal text', () => {
  const cases: [unknown, string | undefined][] = [
    [0, '0'],
    ['0.10', '0.1'],
    ['007', '7'],
    [1e-7, '0.0000001'],
    [0.1 + 0.2, '0.30000000000000004'],
    [0.00022500000000000002, '0.000225'],
    ['1.5e3', '1500'],
    ['0.0000000000000000005', '0'],
    ['0.0000000000000000015', '0.000000000000000002'],
    ['0.00000000000000000051', '0.000000000000000001'],
    ['999999999.999999999999999999', '999999999.999999999999999999'],
    ['10000000000000000000', undefined],
    ['999999999.9999999999999999999', undefined],
    ['1000000000', undefined],
    [-1, undefined],
    ['-0.1', undefined],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
    ['1e999', undefined],
    ['1,5', undefined],
    [' 1', undefined],
    ['', undefined],
    [true, undefined],
    [{}, undefined],
  ]
  for (const [value, text] of cases) test(`${String(value)} is ${text ?? 'refused'}`, () => assert.equal(decimalText(value), text))

  test('an amount with up to 18 fraction digits stays exactly itself', () => {
    const amounts = fc.tuple(fc.bigInt(0n, 10n ** 9n - 1n), fc.bigInt(0n, 10n ** 18n - 1n))
    fc.assert(
      fc.property(amounts, ([whole, fraction]) => {
        const given = `${whole}.${fraction.toString().padStart(18, '0')}`
        const [wholeBack = '', fractionBack = ''] = (decimalText(given) ?? 'refused').split('.')
        assert.equal(BigInt(wholeBack), whole)
        assert.equal(BigInt(fractionBack.padEnd(18, '0')), fraction)
      }),
    )
  })
})

suite('ISO 8601 times', () => {
  test('every millisecond of four-digit years reads back from its own text', () => {
    const years = { min: new Date('0100-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }
    fc.assert(fc.property(fc.date(years), date => assert.equal(parseIsoTime(date.toISOString(), false), date.getTime())))
  })

  const at = Date.UTC(2026, 10, 23, 17, 26, 13, 303)
  const good = ['2026-11-23T17:26:13.303Z', '2026-11-23 17:26:13.303z', '2026-11-23T19:56:13.303+02:30', '2026-11-23T12:26:13,303999-0500']
  for (const text of good) test(`${text} is the same moment`, () => assert.equal(parseIsoTime(text, false), at))

  test('a time without zone is UTC where the source says so, and refused elsewhere', () => {
    assert.equal(parseIsoTime('2026-11-23 17:26:13.303000', true), at)
    assert.equal(parseIsoTime('2026-11-23 17:26:13.303000', false), undefined)
  })

  const bad = [
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01',
    '2026-01-01T00:00:00+25:00',
    'Nov 23 2026',
    '',
    '2026-1-1T0:0:0Z',
  ]
  for (const text of bad) test(`${text || '(nothing)'} is no time`, () => assert.equal(parseIsoTime(text, true), undefined))
  test('leap days are days', () => assert.equal(parseIsoTime('2024-02-29T00:00:00Z', false), Date.UTC(2024, 1, 29)))
})

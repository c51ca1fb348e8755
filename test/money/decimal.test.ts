import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { add, compare, divide, formatDecimal, multiply, multiplyByCount, parseDecimal } from '../../services/money/decimal.ts'

const decimals = fc.bigInt({ min: 0n, max: 10n ** 38n - 1n })
const counts = fc.nat({ max: 2 ** 40 })

test('a number written in any JSON form is read exactly', () => {
  const cases: [string, string][] = [
    ['3e-06', '0.000003'],
    ['3E-6', '0.000003'],
    ['1.25e+1', '12.5'],
    ['0', '0'],
    ['-0.0', '0'],
    ['1e-18', '0.000000000000000001'],
    ['256000.0', '256000'],
    ['99999999999999999999', '99999999999999999999'],
    ['-1.5', '-1.5'],
    ['1e-9999', '0'],
  ]
  for (const [text, expected] of cases) assert.equal(formatDecimal(parseDecimal(text)), expected, text)
})

test('what is no finite decimal is refused with PRICE_INVALID', () => {
  const wrong = [
    '',
    ' ',
    'NaN',
    'Infinity',
    '-Infinity',
    '1,5',
    '1.',
    '.5',
    '0x10',
    '1e',
    '1 ',
    '+1',
    '1_000',
    '1e400',
    '1e20',
    '9'.repeat(401),
  ]
  for (const text of wrong) assert.throws(() => parseDecimal(text), { code: 'PRICE_INVALID' }, JSON.stringify(text))
})

test('a negative number is refused where that is asked, and zero with a sign is not negative', () => {
  assert.throws(() => parseDecimal('-1e-18', { rejectNegative: true }), { code: 'PRICE_INVALID', message: /negative/ })
  assert.equal(parseDecimal('-0', { rejectNegative: true }), 0n)
})

test('digits beyond the kept ones are rounded half to even, once, on the text', () => {
  const cases: [string, string][] = [
    ['1.5000020000000002e-05', '0.00001500002'],
    ['2.9999900000000002e-06', '0.00000299999'],
    ['3.0001999999999996e-07', '0.00000030002'],
    ['0.0000000000000005', '0'],
    ['0.0000000000000015', '0.000000000000002'],
    ['0.0000000000000025', '0.000000000000002'],
    ['0.00000000000000250000000000000000001', '0.000000000000003'],
    ['0.0000000000000004999999999999999999999', '0'],
  ]
  for (const [text, expected] of cases) assert.equal(formatDecimal(parseDecimal(text, { fractionDigits: 15 })), expected, text)
})

test('formatting and parsing again gives the same number, and the shortest text stays as it is', () => {
  fc.assert(
    fc.property(decimals, fc.boolean(), (magnitude, isNegative) => {
      const value = isNegative ? -magnitude : magnitude
      const text = formatDecimal(value)
      assert.equal(parseDecimal(text), value)
      assert.equal(formatDecimal(parseDecimal(text)), text)
      assert.match(text, /^-?(0|[1-9]\d*)(\.\d*[1-9])?$/)
    }),
  )
})

test('every float is read as the decimal nearest to its own text, within half a unit of the last digit', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e15, noNaN: true }), float => {
      const [digits = '', exponent = '0'] = String(float).split('e')
      const [whole = '', fraction = ''] = digits.split('.')
      // |parsed·10^-18 − text| ≤ ½·10^-18, multiplied up to whole numbers.
      const places = BigInt(Math.max(18, fraction.length - Number(exponent)))
      const exact = BigInt(whole + fraction) * 10n ** (places + BigInt(Number(exponent) - fraction.length))
      const difference = parseDecimal(String(float)) * 10n ** (places - 18n) - exact
      assert.ok(2n * (difference < 0n ? -difference : difference) <= 10n ** (places - 18n))
    }),
  )
})

test('a price times m + n units is the price times m plus the price times n', () => {
  fc.assert(
    fc.property(decimals, counts, counts, (price, m, n) => {
      assert.equal(multiplyByCount(price, m + n), add(multiplyByCount(price, m), multiplyByCount(price, n)))
    }),
  )
})

test('a count that is not a whole number of units is refused', () => {
  for (const count of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    assert.throws(() => multiplyByCount(1n, count), { code: 'PRICE_INVALID' }, String(count))
  }
})

test('a product keeps 18 digits, rounded half to even on both sides of zero', () => {
  const product = (a: string, b: string) => formatDecimal(multiply(parseDecimal(a), parseDecimal(b)))
  assert.equal(product('0.0000025', '1.1'), '0.00000275')
  assert.equal(product('0.000000000000000001', '0.5'), '0')
  assert.equal(product('0.000000000000000003', '0.5'), '0.000000000000000002')
  assert.equal(product('-0.000000000000000003', '0.5'), '-0.000000000000000002')
})

test('comparing sorts as numbers, not as text', () => {
  const sorted = ['10', '9', '0.1', '-1', '0.09'].map(text => parseDecimal(text)).sort(compare)
  assert.deepEqual(sorted.map(formatDecimal), ['-1', '0.09', '0.1', '9', '10'])
})

test('a quotient is rounded half to even at the 18th digit, whatever the signs', () => {
  const cases: [string, string, string][] = [
    ['1', '3', '0.333333333333333333'],
    ['-2', '3', '-0.666666666666666667'],
    ['2', '-3', '-0.666666666666666667'],
    ['0.000000000000000001', '2', '0'],
    ['0.000000000000000003', '2', '0.000000000000000002'],
    ['0', '-7', '0'],
    ['12', '0.5', '24'],
  ]
  for (const [a, b, expected] of cases) assert.equal(formatDecimal(divide(parseDecimal(a), parseDecimal(b))), expected, `${a} / ${b}`)
  assert.throws(() => divide(1n, 0n), { code: 'PRICE_INVALID' })
})

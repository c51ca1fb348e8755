import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { countText, durationText, moneyText, shareText } from '../../services/console/words/numbers.ts'
import { clockText, shortMoment } from '../../services/console/words/times.ts'
import { numberOf, unitText } from '../../services/console/words/units.ts'

const money = (value: number) => moneyText(value, 'USD', 'en-US')

test('money that is not zero is never written as zero', () => {
  const written = [0, 0.00000412, 0.0042, 0.05, 0.5, 1, 12.345, 1234.5, 12_345_678].map(money)
  assert.deepEqual(written, ['$0.00', '$0.0000041', '$0.0042', '$0.05', '$0.50', '$1.00', '$12.35', '$1,234.50', '$12.35M'])
  fc.assert(
    fc.property(fc.double({ min: 1e-12, max: 1e9, noNaN: true }), value => /[1-9]/.test(money(value))),
    { numRuns: 300 },
  )
})

test('durations are in the unit that people say them in', () => {
  const written = [0, 0.4, 840, 3_240, 59_940, 59_960, 250_000, 3_600_000, 7_500_000, 273_600_000].map(ms => durationText(ms, 'en-US'))
  assert.deepEqual(written, ['0 s', '0.4 ms', '840 ms', '3.2 s', '60 s', '1 m', '4 m 10 s', '1 h', '2 h 5 m', '3 d 4 h'])
})

test('counts and shares have three digits at the most, and whole ones stay whole', () => {
  assert.deepEqual(
    [7, 9_999, 12_412, 3_281_000, 0.04567].map(value => countText(value, 'en-US')),
    ['7', '9,999', '12.4K', '3.28M', '0.0457'],
  )
  assert.deepEqual(
    [0, 0.0004, 0.045, 0.5, 0.9947, 1].map(value => shareText(value, 'en-US')),
    ['0%', '0.04%', '4.5%', '50%', '99.5%', '100%'],
  )
})

test('what is not known is a dash and never zero', () => {
  for (const unit of ['short', 'ms', 's', 'percentunit', 'currencyUSD', 'bytes']) {
    for (const value of [null, undefined, '']) assert.equal(unitText(value, unit), '–', unit)
    assert.match(unitText(0, unit, 'en-US'), /0/)
  }
  assert.deepEqual([numberOf('0.10'), numberOf('x'), numberOf(null)], [0.1, undefined, undefined])
})

test('times are of the zone that is asked for', () => {
  const atMs = Date.parse('2026-11-28T23:30:00Z')
  assert.equal(clockText(atMs, 'utc'), '23:30')
  assert.equal(shortMoment(atMs, atMs + 3_600_000, 'utc').endsWith('23:30'), true)
  assert.notEqual(shortMoment(atMs, atMs + 3_600_000, 'utc'), '23:30', 'yesterday bears its day')
})

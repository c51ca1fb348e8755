import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { totalsOf } from '../../../services/cli/report/totals.ts'

const columns = { counts: ['tokens'], amounts: ['cost'] }

test('a total is what its column adds up to, to the last digit, by currency', () => {
  const row = fc.record({
    currency: fc.constantFrom('USD', 'EUR'),
    tokens: fc.nat(1_000_000),
    // Units of 10^-18, as the texts of ClickHouse have them.
    units: fc.bigInt({ min: 0n, max: 10n ** 30n }),
  })
  fc.assert(
    fc.property(fc.array(row, { minLength: 2, maxLength: 30 }), drawn => {
      const text = (units: bigint) => `${units / 10n ** 18n}.${String(units % 10n ** 18n).padStart(18, '0')}`
      const rows = drawn.map(({ units, ...rest }) => ({ ...rest, cost: text(units) }))
      const totals = totalsOf(rows, 'tenant', columns)
      for (const currency of new Set(drawn.map(one => one.currency))) {
        const of = drawn.filter(one => one.currency === currency)
        const total = totals.find(one => one['currency'] === currency)
        assert.equal(
          total?.['tokens'],
          of.reduce((sum, one) => sum + one.tokens, 0),
        )
        const [whole = '', fraction = ''] = String(total?.['cost']).split('.')
        assert.equal(
          BigInt(whole + fraction.padEnd(18, '0')),
          of.reduce((sum, one) => sum + one.units, 0n),
        )
      }
      assert.equal(totals.length, new Set(drawn.map(one => one.currency)).size)
    }),
  )
})

test('one row is its own total, and amounts of two currencies are told apart', () => {
  assert.deepEqual(totalsOf([{ currency: 'USD', tokens: 1, cost: '1' }], 'tenant', columns), [])
  const both = [
    { currency: 'USD', tokens: 1, cost: '1' },
    { currency: 'EUR', tokens: 2, cost: '0.5' },
  ]
  assert.deepEqual(
    totalsOf(both, 'tenant', columns).map(row => row['tenant']),
    ['total USD', 'total EUR'],
  )
})

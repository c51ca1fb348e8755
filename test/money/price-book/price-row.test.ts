import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkRowsAgree, type PriceRow, parsePriceRow } from '../../../services/money/price-book/price-row.ts'
import { priceRow } from '../../settle/price-rows.ts'

const row = priceRow({ model: 'gpt-x', unit_price: '0.000003', valid_from: 1000 })

test('a price comes back with its number in one spelling', () => {
  assert.equal(parsePriceRow({ ...row, unit_price: '3.00e-06' }).unit_price, '0.000003')
  assert.equal(parsePriceRow({ ...row, unit_price: '0.0' }).unit_price, '0')
})

test('a faulty row is refused with its name and the field', () => {
  const faults: [keyof PriceRow, unknown][] = [
    ['unit_price', 'NaN'],
    ['unit_price', '1e6'],
    ['unit', 'second'],
    ['modifier_factor', 'fast:2'],
    ['unit_price', '-0.1'],
    ['unit_price', 0.1],
    ['token_kind', 'inputs'],
    ['currency', 'usd'],
    ['min_input_tokens', -1],
    ['threshold_operator', '<'],
    ['region_factor', 'eu:1.1'],
    ['valid_from', Number.NaN],
    ['valid_to', 1000],
    ['version', 1.5],
    ['provider', ''],
  ]
  for (const [field, value] of faults) {
    assert.throws(
      () => parsePriceRow({ ...row, [field]: value }, 'prices.csv line 7'),
      { code: 'PRICE_INVALID', message: new RegExp(`^prices\\.csv line 7: ${field} `) },
      field,
    )
  }
  assert.throws(() => parsePriceRow({ ...row, unit_price: 'x' }), { message: /^openai gpt-x input \(version 1\): unit_price / })
  for (const value of [null, 'row', []]) assert.throws(() => parsePriceRow(value), { code: 'PRICE_INVALID' })
})

test('two prices for one thing at one time are refused, one after the other is not', () => {
  assert.throws(() => checkRowsAgree([row, { ...row, valid_from: 2000 }]), { code: 'PRICE_INVALID', message: /gpt-x input.*overlaps/ })
  assert.throws(() => checkRowsAgree([{ ...row, valid_from: 2000, valid_to: 2001 }, row]), { code: 'PRICE_INVALID' })
  checkRowsAgree([
    { ...row, valid_from: 2000 },
    { ...row, valid_to: 2000 },
  ])
  checkRowsAgree([row, { ...row, version: 2 }])
})

test('currencies and operators may not differ within a model', () => {
  assert.throws(() => checkRowsAgree([row, { ...row, token_kind: 'output', currency: 'EUR' }]), { message: /currency differs/ })
  const above: PriceRow = { ...row, min_input_tokens: 200_000 }
  const other: PriceRow = { ...above, token_kind: 'output', threshold_operator: '>=' }
  assert.throws(() => checkRowsAgree([above, other]), { message: /threshold_operator differs/ })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatDecimal, parseDecimal } from '../../../services/money/decimal.ts'
import { exchangeRateAt } from '../../../services/money/terms/exchange-rate.ts'

const FIRST_MS = Date.UTC(2026, 0, 1)
const SECOND_MS = Date.UTC(2026, 6, 1)
const rate = (text: string, valid_from_ms: number) => ({
  from: 'EUR',
  to: 'USD',
  rate: parseDecimal(text),
  valid_from_ms,
  source: 'made up',
})
const rates = [rate('1.2', SECOND_MS), rate('1.1', FIRST_MS)]
const at = (atMs: number) => formatDecimal(exchangeRateAt(rates, 'EUR', 'USD', atMs))

test('a rate is valid from the millisecond that it names, and until the next one', () => {
  assert.equal(at(FIRST_MS), '1.1')
  assert.equal(at(SECOND_MS - 1), '1.1')
  assert.equal(at(SECOND_MS), '1.2')
  assert.throws(() => at(FIRST_MS - 1), { code: 'EXCHANGE_RATE_MISSING' })
})

test('a currency is worth itself, and no rate is turned round', () => {
  assert.equal(formatDecimal(exchangeRateAt([], 'USD', 'USD', 0)), '1')
  assert.throws(() => exchangeRateAt(rates, 'USD', 'EUR', SECOND_MS), { code: 'EXCHANGE_RATE_MISSING' })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ChargeQuantity } from '../../../services/money/charges/charge.ts'
import { buildCuts, termsCuts } from '../../../services/money/charges/cuts.ts'
import { matchesCharge } from '../../../services/money/charges/match-charge.ts'
import { rateCharges } from '../../../services/money/charges/rate-charges.ts'
import { formatDecimal, parseDecimal } from '../../../services/money/decimal.ts'
import type { RateTerm, Terms } from '../../../services/money/terms/terms.ts'
import { AppError } from '../../../services/platform/errors.ts'
import { noTerms } from '../statements/random-month.ts'

const JUNE = Date.UTC(2026, 5, 1)
const CHANGE = Date.UTC(2026, 5, 15, 12)
const everything = { provider: '', model: '', token_kind: '', service_tier: '' }
const term = (facts: Partial<RateTerm>): RateTerm => ({
  id: 'term',
  match: everything,
  discount: null,
  markup: null,
  unit_price: null,
  currency: '',
  valid_from_ms: 0,
  valid_to_ms: null,
  ...facts,
})
const tenant = (id: string, rate_card: string, currency = 'USD') => ({
  id,
  name: id,
  currency,
  time_zone: 'UTC',
  team: '',
  cost_centre: '',
  gl_code: '',
  tags: {},
  rate_card,
})
const terms = (facts: Partial<Terms>): Terms => ({ ...noTerms, ...facts })
const quantity = (facts: Partial<ChargeQuantity> = {}): ChargeQuantity => ({
  tenant_id: 'acme',
  route: '',
  request_model: 'gpt-4o',
  response_model: 'gpt-4o-2024-08-06',
  upstream_kind: 'provider',
  upstream: 'openai',
  region: '',
  service_tier: '',
  price_key: 'gpt-4o',
  price_version: 1,
  min_input_tokens: 0,
  token_kind: 'input',
  is_wasted: false,
  estimate_method: '',
  currency: 'USD',
  period_start_ms: JUNE,
  list_unit_price: parseDecimal('0.0000025'),
  quantity: parseDecimal('1000000'),
  attempts: 10,
  ...facts,
})
const rate = (facts: Partial<Terms>, ...quantities: ChargeQuantity[]) => rateCharges(quantities, terms(facts))
const costs = ([charge]: ReturnType<typeof rateCharges>) =>
  charge && [charge.list_cost, charge.contracted_cost, charge.effective_cost].map(formatDecimal)

test('without a rate card every tenant pays the list price, in the currency of the document', () => {
  assert.deepEqual(costs(rate({}, quantity())), ['2.5', '2.5', '2.5'])
})

test('the first term in force that matches decides: discount, markup or a fixed price', () => {
  const card = {
    id: 'gold',
    commitments: [],
    terms: [
      term({ id: 'fixed', match: { ...everything, token_kind: 'output' }, unit_price: parseDecimal('0.000007'), currency: 'USD' }),
      term({ id: 'old', discount: parseDecimal('0.2'), valid_to_ms: CHANGE }),
      term({ id: 'new', markup: parseDecimal('0.05'), valid_from_ms: CHANGE }),
    ],
  }
  const facts = { tenants: [tenant('acme', 'gold')], rate_cards: [card] }
  assert.deepEqual(costs(rate(facts, quantity())), ['2.5', '2', '2'])
  assert.deepEqual(costs(rate(facts, quantity({ period_start_ms: CHANGE }))), ['2.5', '2.625', '2.625'])
  assert.deepEqual(costs(rate(facts, quantity({ token_kind: 'output' }))), ['2.5', '7', '7'])
  assert.deepEqual(costs(rate(facts, quantity({ tenant_id: 'globex' }))), ['2.5', '2.5', '2.5'])
  assert.deepEqual(
    rate(facts, quantity(), quantity({ token_kind: 'output' })).map(charge => charge.rate_term),
    ['old', 'fixed'],
  )
})

test('an agreed unit price is rounded half to even at the 18th digit, once', () => {
  const card = { id: 'c', commitments: [], terms: [term({ discount: parseDecimal('0.5') })] }
  const [odd, even] = rate(
    { tenants: [tenant('acme', 'c')], rate_cards: [card] },
    quantity({ list_unit_price: 3n, quantity: parseDecimal('4') }),
    quantity({ list_unit_price: 1n, quantity: parseDecimal('4') }),
  )
  assert.equal(odd?.contracted_unit_price, 2n)
  assert.equal(odd?.contracted_cost, 8n)
  assert.equal(even?.contracted_unit_price, 0n)
})

test('amounts are converted at the rate of their own time, and a missing rate names currency and day', () => {
  const exchange_rates = [
    { from: 'USD', to: 'EUR', rate: parseDecimal('0.9'), valid_from_ms: JUNE, source: 'ECB' },
    { from: 'USD', to: 'EUR', rate: parseDecimal('0.8'), valid_from_ms: CHANGE, source: 'ECB' },
  ]
  const facts = { tenants: [tenant('acme', '', 'EUR')], exchange_rates }
  assert.deepEqual(costs(rate(facts, quantity())), ['2.25', '2.25', '2.25'])
  const [later] = rate(facts, quantity({ period_start_ms: CHANGE }))
  assert.equal(later && formatDecimal(later.effective_cost), '2')
  assert.deepEqual([later?.currency, later?.pricing_currency], ['EUR', 'USD'])
  assert.throws(
    () => rate(facts, quantity({ period_start_ms: JUNE - 60_000 })),
    (error: unknown) => error instanceof AppError && error.code === 'EXCHANGE_RATE_MISSING' && /USD to EUR.*2026-05-31/.test(error.message),
  )
})

test('unpriced is no price and no cost, never free, and needs no exchange rate; zero is a price', () => {
  const facts = { tenants: [tenant('acme', '', 'JPY')] }
  const [unpriced] = rate(facts, quantity({ list_unit_price: null, price_key: '' }))
  assert.equal(unpriced?.contracted_unit_price, null)
  assert.equal(unpriced?.list_unit_price, null)
  assert.equal(unpriced?.effective_cost, 0n)
  const [free] = rate({}, quantity({ list_unit_price: 0n }))
  assert.equal(free?.contracted_unit_price, 0n)
})

test('an agreed price stands in where the book has none, but not for a pool whose cost is shared', () => {
  const card = { id: 'c', commitments: [], terms: [term({ unit_price: parseDecimal('0.000001'), currency: 'USD' })] }
  const pool = { pool: 'h100' } as unknown as Terms['pools'][number]
  const facts = { tenants: [tenant('acme', 'c')], rate_cards: [card], pools: [pool] }
  assert.deepEqual(costs(rate(facts, quantity({ list_unit_price: null }))), ['1', '1', '1'])
  assert.deepEqual(costs(rate(facts, quantity({ list_unit_price: null, upstream_kind: 'pool', upstream: 'h100' }))), ['0', '0', '0'])
  assert.deepEqual(costs(rate(facts, quantity({ list_unit_price: null, upstream_kind: 'pool', upstream: 'other' }))), ['1', '1', '1'])
})

test('however a quantity is cut where nothing changes, its cost is the same', () => {
  const card = { id: 'c', commitments: [], terms: [term({ discount: parseDecimal('0.137') })] }
  const facts = { tenants: [tenant('acme', 'c')], rate_cards: [card] }
  const sum = (charges: ReturnType<typeof rateCharges>) => charges.reduce((all, charge) => all + charge.contracted_cost, 0n)
  // Whole units far beyond 2^53; seconds to the millionth, whose prices have 12 digits.
  const kinds = [
    { token_kind: 'input', unit: 10n ** 18n, price: 1n },
    { token_kind: 'output_image', unit: 10n ** 18n, price: 1n },
    { token_kind: 'input_audio_second', unit: 10n ** 12n, price: 10n ** 6n },
  ]
  const parts = fc.array(fc.bigInt(0n, 10n ** 18n), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.bigInt(0n, 10n ** 15n), parts, ({ token_kind, unit, price }, digits, counts) => {
      const list_unit_price = digits * price
      const of = (count: bigint) => quantity({ token_kind, list_unit_price, quantity: count * unit })
      const whole = counts.reduce((all, part) => all + part, 0n)
      const [together] = rate(facts, of(whole))
      assert.equal(sum(rate(facts, ...counts.map(of))), together?.contracted_cost)
      assert.equal(together?.list_cost, (list_unit_price * whole * unit) / 10n ** 18n)
    }),
  )
})

test('a pattern matches as a glob does, whatever else stands in it', () => {
  const match = (model: string, response_model: string) =>
    matchesCharge({ ...everything, model }, quantity({ response_model, price_key: '' }))
  assert.ok(match('gpt-4o*', 'gpt-4o-mini'))
  assert.ok(match('*sonnet*', 'us.anthropic.claude-sonnet-4-5'))
  assert.ok(!match('a*a', 'a'))
  assert.ok(!match('gpt-4.', 'gpt-4o'))
  assert.ok(!match('*mini', 'gpt-4o-mini-high'))
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.', '(') })
  fc.assert(
    fc.property(text, fc.string({ unit: fc.constantFrom('a', 'b', '.', '(') }), (pattern, value) => {
      const expression = pattern
        .split('*')
        .map(part => part.replace(/[.(]/g, '\\$&'))
        .join('.*')
      assert.equal(
        match(pattern, value),
        pattern === '' || value === '' ? match(pattern, value) : new RegExp(`^${expression}$`).test(value),
      )
    }),
  )
})

test('cuts are where something begins or ends inside the period, once each, in order', () => {
  const card = { id: 'c', commitments: [], terms: [term({ valid_from_ms: CHANGE, valid_to_ms: CHANGE + 60_000 })] }
  const found = termsCuts({ rate_cards: [card], exchange_rates: [{ from: 'A', to: 'B', rate: 1n, valid_from_ms: CHANGE, source: '' }] })
  const period = { start_ms: JUNE, end_ms: CHANGE + 60_000 }
  assert.deepEqual(buildCuts(period, found), [JUNE, CHANGE])
})

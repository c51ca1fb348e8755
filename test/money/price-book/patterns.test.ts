import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { buildPriceBook, type PricedNames, resolvePrices } from '../../../services/money/price-book/resolve.ts'
import { priceRow } from '../../settle/price-rows.ts'

function keyFor(models: readonly string[], known: Partial<PricedNames>): string | undefined {
  const book = buildPriceBook(models.map(model => priceRow({ model, unit_price: '1' })))
  const names = { provider: 'openai', request_model: '', response_model: '', service_tier: '', region: '', ...known }
  return resolvePrices(book, names)[0]?.price_key
}

test('an exact key beats every pattern, and a longer pattern a shorter one', () => {
  const models = ['gpt-4o', 'gpt-4o*', 'gpt-*', 'gpt-4o-mini*', '*']
  const cases: [string, string][] = [
    ['gpt-4o', 'gpt-4o'],
    ['gpt-4o-realtime', 'gpt-4o*'],
    ['gpt-4o-mini-tts', 'gpt-4o-mini*'],
    ['gpt-6', 'gpt-*'],
    ['o7', '*'],
    // The snapshot date is taken off before patterns are asked: the exact key decides.
    ['gpt-4o-2031-01-01', 'gpt-4o'],
  ]
  for (const [response_model, key] of cases) assert.equal(keyFor(models, { response_model }), key, response_model)
})

test('patterns of the same length are tried in the order of their characters, whatever the order of the rows', () => {
  for (const models of [
    ['a*x', '*ax'],
    ['*ax', 'a*x'],
  ])
    assert.equal(keyFor(models, { response_model: 'ax' }), '*ax')
})

test('the response model is matched before the request model, and only patterns of its provider', () => {
  assert.equal(keyFor(['gpt-5*', 'gpt-4*'], { response_model: 'gpt-4.1', request_model: 'gpt-5' }), 'gpt-4*')
  assert.equal(keyFor(['gpt-5*'], { response_model: 'mine', request_model: 'gpt-5' }), 'gpt-5*')
  assert.equal(keyFor(['*'], { provider: 'anthropic', response_model: 'claude' }), undefined)
})

test('a pattern matches as if each star were replaced by any text, and nothing else', () => {
  const text = fc.stringMatching(/^[a-c.+]{0,4}$/)
  fc.assert(
    fc.property(fc.array(text, { minLength: 2, maxLength: 4 }), fc.array(text, { minLength: 3, maxLength: 3 }), (parts, fills) => {
      const filled = parts.map((part, index) => part + (index < parts.length - 1 ? fills[index] : '')).join('')
      if (filled !== '') assert.equal(keyFor([parts.join('*')], { response_model: filled }), parts.join('*'))
    }),
  )
  fc.assert(
    fc.property(fc.array(text, { minLength: 2, maxLength: 4 }), fc.stringMatching(/^[a-c.+]{1,8}$/), (parts, name) => {
      const byRegularExpression = new RegExp(`^${parts.map(part => part.replace(/[.+]/g, '\\$&')).join('.*')}$`).test(name)
      assert.equal(keyFor([parts.join('*')], { response_model: name }) !== undefined, byRegularExpression)
    }),
  )
})

test('a star reaches into no provider prefix that the book puts before a model', () => {
  assert.equal(keyFor(['*a*'], { response_model: 'b' }), undefined)
  assert.equal(keyFor(['openai/*'], { response_model: 'b' }), 'openai/*')
  assert.equal(keyFor(['*/b'], { response_model: 'b' }), undefined)
  assert.equal(keyFor(['*/b'], { response_model: 'openai/b' }), '*/b')
})

test('a name made to be slow is not', () => {
  assert.equal(keyFor([`${'a*'.repeat(30)}b`], { response_model: 'a'.repeat(512) }), undefined)
})

test('a withdrawn model has no price from then on, and none of a pattern either', () => {
  const book = buildPriceBook([
    priceRow({ unit_price: '1', version: 1 }),
    priceRow({ model: 'gpt-*', unit_price: '5', version: 1 }),
    priceRow({ token_kind: 'withdrawn', unit: 'none', version: 2, valid_from: 1_000 }),
  ])
  const bands = resolvePrices(book, { provider: 'openai', request_model: 'gpt-4o', response_model: '', service_tier: '', region: '' })
  assert.deepEqual(
    bands.map(band => [band.valid_from_ms, band.valid_to_ms, band.prices.input]),
    [[0, 1_000, '1']],
  )
})

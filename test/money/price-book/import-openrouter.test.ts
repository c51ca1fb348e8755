import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatDecimal, parseDecimal } from '../../../services/money/decimal.ts'
import { priceAttempt } from '../../../services/money/price-book/price-attempt.ts'
import { readPriceFile } from '../../../services/money/price-book/read-price-file.ts'
import { buildPriceBook, resolvePrices } from '../../../services/money/price-book/resolve.ts'
import { usage } from './attempt-usage.ts'

const read = (data: unknown) =>
  readPriceFile(JSON.stringify({ data }, null, 1), undefined, {
    name: 'models.json',
    source: 'openrouter.ai 2026-08-01',
    valid_from: 0,
    valid_to: null,
  })
const pricing = (pricing: object, id = 'acme/large') => read([{ id, name: 'Large', pricing }])
const nothingUsed = usage({ started_at: 1 })

test('the list is recognised, its texts are prices in USD, and a million tokens cost what the page says', () => {
  const file = pricing({
    prompt: '0.0000025',
    completion: '0.00001',
    input_cache_read: '0.00000125',
    image: '0.003613',
    request: '0',
    web_search: '0.01',
    discount: 0,
  })
  assert.equal(file.format, 'openrouter')
  assert.deepEqual(
    file.rows.map(row => [row.token_kind, row.unit, row.unit_price]),
    [
      ['input', 'token', '0.0000025'],
      ['output', 'token', '0.00001'],
      ['cached_input', 'token', '0.00000125'],
      ['web_search', 'query', '0.01'],
    ],
  )
  const bands = resolvePrices(buildPriceBook(file.rows), {
    provider: 'openrouter',
    request_model: '',
    response_model: 'acme/large',
    service_tier: '',
    region: '',
  })
  const priced = priceAttempt({ ...nothingUsed, input_tokens: 1_000_000, output_tokens: 1_000_000 }, bands)
  assert.equal(priced.is_priced && priced.total, '12.5')
})

test('an override holds from its number of prompt tokens on, for what it names', () => {
  const { rows } = pricing({ prompt: '1', completion: '2', overrides: [{ min_prompt_tokens: 200_000, prompt: '3' }] })
  const bands = resolvePrices(buildPriceBook(rows), {
    provider: 'openrouter',
    request_model: 'acme/large',
    response_model: '',
    service_tier: '',
    region: '',
  })
  const cost = (input_tokens: number) => {
    const priced = priceAttempt({ ...nothingUsed, input_tokens, output_tokens: 1 }, bands)
    return priced.is_priced && priced.total
  }
  assert.deepEqual([cost(199_999), cost(200_000)], ['200001', '600002'])
})

test('a variable price is no price: the model is unpriced, and nothing is refused', () => {
  const file = read([
    { id: 'openrouter/auto', pricing: { prompt: '-1', completion: '-1' } },
    { id: 'acme/free:free', pricing: { prompt: '0', completion: '0' } },
  ])
  assert.deepEqual([file.refused, file.rows.map(row => row.model)], [[], ['openrouter/acme/free:free', 'openrouter/acme/free:free']])
  assert.deepEqual(
    file.skipped.map(({ reason, field, count }) => [reason, field, count]),
    [
      ['variable_price', 'prompt', 1],
      ['variable_price', 'completion', 1],
    ],
  )
})

test('what cannot be a price is refused with line, model and field', () => {
  for (const value of ['-0.5', 'NaN', '1e400', '', 'free', true, {}]) {
    const file = pricing({ prompt: value, completion: '1' })
    assert.deepEqual(
      file.refused.map(one => [one.place, one.model, one.field]),
      [['models.json:4', 'openrouter/acme/large', 'prompt']],
      String(value),
    )
    assert.equal(file.rows.length, 1)
  }
  const odd = read([3, { id: 'x', pricing: 1 }, { id: 'y', pricing: { prompt: '1', overrides: [{ min_prompt_tokens: 'many' }] } }])
  assert.deepEqual(
    odd.refused.map(one => [one.place, one.field]),
    [
      ['models.json: data[0]', 'pricing'],
      ['models.json: data[1]', 'pricing'],
      ['models.json:9', 'overrides'],
    ],
  )
})

test('a zero beside a price says that the kind has no price apart, and an entry without prices is unpriced', () => {
  const { rows, refused, skipped } = read([
    { id: 'acme/large', pricing: { prompt: '1', completion: '2', internal_reasoning: '0', input_cache_read: '0', request: '0' } },
    { id: 'acme/unknown' },
  ])
  assert.deepEqual(
    [refused, rows.length, skipped.map(one => one.reason)],
    [[], 2, ['not_priced_apart', 'not_priced_apart', 'not_priced_apart', 'no_price']],
  )
  const names = { provider: 'openrouter', request_model: 'acme/large', response_model: '', service_tier: '', region: '' }
  const priced = priceAttempt(
    { ...nothingUsed, input_tokens: 10, cached_input_tokens: 4, output_tokens: 5, reasoning_tokens: 3 },
    resolvePrices(buildPriceBook(rows), names),
  )
  assert.equal(priced.is_priced && priced.total, '20')
})

test('prices by the hour of the day are refused, not taken for the price of all hours', () => {
  const file = pricing({ prompt: '1', completion: '2', overrides: [{ utc_start: 0, utc_end: 1200, prompt: '3' }] })
  assert.deepEqual(
    file.refused.map(one => [one.model, one.reason]),
    [['openrouter/acme/large', 'prices by "utc_start" cannot be kept: the book knows the size of a request as condition']],
  )
})

test('float dust is rounded off at the fifteenth digit, and counted', () => {
  const file = pricing({ prompt: '0.00000012500000000000002' })
  assert.deepEqual([file.rows[0]?.unit_price, file.rounded], ['0.000000125', 1])
})

test('any price per token of at most 15 digits comes through unchanged', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.stringMatching(/^[a-z0-9-]{1,10}\/[a-z0-9.:-]{1,20}$/), (digits, id) => {
      const text = formatDecimal(digits * 1_000n)
      const [row] = pricing({ prompt: text }, id).rows
      assert.deepEqual([row?.model, parseDecimal(row?.unit_price ?? '')], [`openrouter/${id}`, digits * 1_000n])
    }),
  )
})

test('the price of an image sent is taken where the tokens cost nothing, and says the same again where they do', () => {
  const kinds = (fields: Record<string, string>) => pricing(fields).rows.map(row => `${row.token_kind} ${row.unit_price}`)
  assert.deepEqual(kinds({ prompt: '0', completion: '0', image: '0.02' }), ['input 0', 'output 0', 'input_image 0.02'])
  const priced = pricing({ prompt: '0.000001', completion: '0.000002', image: '0.02' })
  assert.deepEqual(
    priced.skipped.map(({ field, reason }) => `${field} ${reason}`),
    ['image billed_as_tokens'],
  )
})

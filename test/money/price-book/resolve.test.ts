import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { PriceRow } from '../../../services/money/price-book/price-row.ts'
import { buildPriceBook, type PricedNames, resolvePrices } from '../../../services/money/price-book/resolve.ts'
import { readShippedPriceBook } from '../../../services/money/price-book/shipped-price-book.ts'
import { priceRow } from '../../settle/price-rows.ts'

const { book } = await readShippedPriceBook()
const names = (known: Partial<PricedNames>): PricedNames => ({
  provider: 'openai',
  request_model: '',
  response_model: '',
  service_tier: '',
  region: '',
  ...known,
})
const keyOf = (known: Partial<PricedNames>) => resolvePrices(book, names(known))[0]?.price_key

const row = (known: Partial<PriceRow>) => priceRow({ model: 'm', unit_price: '1', ...known })

function bands(rows: PriceRow[], known: Partial<PricedNames> = {}) {
  return resolvePrices(buildPriceBook(rows), names({ response_model: 'm', ...known }))
}

test('a model is found under the key its provider has in the price file', () => {
  const cases: [string, string, string][] = [
    ['openai', 'gpt-5-mini-2025-08-07', 'gpt-5-mini-2025-08-07'],
    ['openai', 'openai/gpt-4o', 'gpt-4o'],
    ['anthropic', 'claude-sonnet-4-5-20250929', 'claude-sonnet-4-5-20250929'],
    ['azure.ai.openai', 'gpt-4o-2024-08-06', 'azure/gpt-4o-2024-08-06'],
    ['azure.openai', 'gpt-4o-2024-08-06', 'azure/gpt-4o-2024-08-06'],
    ['aws.bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'],
    ['bedrock', 'bedrock/converse/anthropic.claude-sonnet-4-5-20250929-v1:0', 'anthropic.claude-sonnet-4-5-20250929-v1:0'],
    ['AWSBedrock', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0', 'amazon.nova-lite-v1:0'],
    ['gcp.vertex_ai', 'claude-sonnet-4-5@20250929', 'vertex_ai/claude-sonnet-4-5@20250929'],
    ['gcp.vertex_ai', 'gemini-2.5-pro', 'gemini-2.5-pro'],
    ['gcp.gemini', 'models/gemini-2.5-pro', 'gemini/gemini-2.5-pro'],
    ['x_ai', 'grok-4-0709', 'xai/grok-4-0709'],
    ['mistral_ai', 'mistral-large-latest', 'mistral/mistral-large-latest'],
    ['groq', 'llama-3.3-70b-versatile', 'groq/llama-3.3-70b-versatile'],
    ['openai', 'ft:gpt-4o-2024-08-06:acme::abc123', 'ft:gpt-4o-2024-08-06'],
  ]
  for (const [provider, response_model, key] of cases)
    assert.equal(keyOf({ provider, response_model }), key, `${provider} ${response_model}`)
})

test('a snapshot without a price of its own takes that of its model, one with a price keeps it', () => {
  assert.equal(keyOf({ response_model: 'gpt-4o-2031-12-31' }), 'gpt-4o')
  assert.equal(keyOf({ response_model: 'gpt-4o-2024-05-13' }), 'gpt-4o-2024-05-13')
  assert.equal(keyOf({ provider: 'gcp.vertex_ai', response_model: 'claude-sonnet-4-5-20250929' }), 'vertex_ai/claude-sonnet-4-5')
  assert.equal(
    keyOf({ provider: 'aws.bedrock', response_model: 'apac.anthropic.claude-sonnet-4-5-20250929-v1:0' }),
    'anthropic.claude-sonnet-4-5-20250929-v1:0',
  )
})

test('the request model counts only when the response model is in no list of the provider', () => {
  assert.equal(keyOf({ response_model: 'gpt-4o', request_model: 'gpt-4.1' }), 'gpt-4o')
  assert.equal(keyOf({ response_model: 'my-deployment', request_model: 'gpt-4.1' }), 'gpt-4.1')
  assert.equal(keyOf({ response_model: '', request_model: 'gpt-4.1' }), 'gpt-4.1')
})

test('a regional key of the provider goes before the general one', () => {
  const azure = { provider: 'azure.ai.openai', response_model: 'gpt-4o-2024-08-06' }
  assert.equal(keyOf({ ...azure, region: 'eu' }), 'azure/eu/gpt-4o-2024-08-06')
  assert.equal(keyOf({ ...azure, region: 'westeurope' }), 'azure/gpt-4o-2024-08-06')
})

test('no price is taken from another provider, and an unknown model or provider is unpriced', () => {
  assert.deepEqual(resolvePrices(book, names({ provider: 'anthropic', response_model: 'gpt-4o' })), [])
  assert.deepEqual(resolvePrices(book, names({ provider: '', response_model: 'gpt-4o' })), [])
  assert.deepEqual(resolvePrices(book, names({ response_model: 'no-such-model' })), [])
  assert.deepEqual(resolvePrices(book, names({ provider: '__proto__', response_model: 'constructor', service_tier: 'toString' })), [])
})

test('what is billed by the unit stands beside the tokens, and a search of no told size costs what a medium one does', () => {
  const [seconds] = bands([row({ token_kind: 'input_audio_second', unit: 'second', unit_price: '0.0001' })])
  assert.deepEqual([seconds?.prices.input, seconds?.unit_prices], [null, { input_audio_second: '0.0001' }])
  const sizes = ['low', 'medium', 'high'] as const
  const [searches] = bands(sizes.map((size, index) => row({ token_kind: `web_search_${size}`, unit: 'query', unit_price: String(index) })))
  assert.equal(searches?.unit_prices.web_search, '1')
  assert.deepEqual(bands([row({ token_kind: 'withdrawn', unit: 'none' })]), [])
})

test('modifiers multiply the token prices that name them, together, and fast mode without a factor is unpriced', () => {
  const factors = 'fast_mode=2 inference_geo_us=1.1'
  const rows = [
    row({ unit_price: '5', modifier_factor: factors }),
    row({ token_kind: 'output', unit_price: '25', modifier_factor: factors }),
    row({ token_kind: 'web_search', unit: 'query', unit_price: '0.01' }),
  ]
  const input = (price_modifiers: string, of = rows) => bands(of, { price_modifiers })[0]?.prices.input
  assert.deepEqual(
    ['', 'inference_geo_us', 'fast_mode', 'fast_mode inference_geo_us'].map(text => input(text)),
    ['5', '5.5', '10', '11'],
  )
  assert.equal(bands(rows, { price_modifiers: 'fast_mode' })[0]?.unit_prices.web_search, '0.01')
  const plain = [row({ unit_price: '5' })]
  assert.equal(input('inference_geo_us', plain), '5')
  assert.equal(input('fast_mode', plain), undefined)
  assert.equal(input('fast_mode', [...plain, row({ token_kind: 'output', unit_price: '1', modifier_factor: 'fast_mode=3' })]), null)
})

test("a provider's own batch discount holds where its list has no batch price, and cached audio costs what is nearest to it", () => {
  const claude = [
    row({ provider: 'anthropic', unit_price: '3' }),
    row({ provider: 'anthropic', token_kind: 'cached_input', unit_price: '0.3' }),
  ]
  const of = (rows: PriceRow[], service_tier: string) => bands(rows, { provider: 'anthropic', service_tier })[0]?.prices
  assert.deepEqual([of(claude, 'batch')?.input, of(claude, 'batch')?.cached_input, of(claude, 'flex')?.input], ['1.5', '0.15', '3'])
  assert.equal(of([...claude, row({ provider: 'anthropic', service_tier: 'batch', unit_price: '2' })], 'batch')?.cached_input, '0.3')
  const audio = [row({ unit_price: '1' }), row({ token_kind: 'audio_input', unit_price: '8' })]
  assert.equal(bands(audio)[0]?.prices.cached_audio_input, '8')
  assert.equal(bands([...audio, row({ token_kind: 'cached_input', unit_price: '0.1' })])[0]?.prices.cached_audio_input, '0.1')
})

test('missing kinds fall back within their side, and never from output to input', () => {
  assert.deepEqual(pick(bands([row({ unit_price: '3' })])[0]?.prices), ['3', '3', '3', '3', null, null])
  assert.deepEqual(pick(bands([row({ token_kind: 'output', unit_price: '5' })])[0]?.prices), [null, null, null, null, '5', '5'])
  const written = [row({ unit_price: '3' }), row({ token_kind: 'cache_write', unit_price: '4' })]
  assert.deepEqual(pick(bands(written)[0]?.prices), ['3', '3', '4', '4', null, null])
})

test('a band above a threshold lists all kinds: its own price, that of the tier at base, that of standard', () => {
  const rows = [
    row({ unit_price: '1' }),
    row({ token_kind: 'output', unit_price: '2' }),
    row({ token_kind: 'cached_input', unit_price: '0.1' }),
    row({ service_tier: 'flex', unit_price: '0.5' }),
    row({ token_kind: 'output', service_tier: 'flex', unit_price: '0.7' }),
    row({ min_input_tokens: 100, unit_price: '10' }),
  ]
  const flex = bands(rows, { service_tier: 'FLEX' })
  assert.deepEqual(
    flex.map(band => [band.min_input_tokens, band.service_tier, ...pick(band.prices)]),
    [
      [100, 'flex', '10', '0.1', '10', '10', '0.7', '0.7'],
      [0, 'flex', '0.5', '0.1', '0.5', '0.5', '0.7', '0.7'],
    ],
  )
  const unknown = bands(rows, { service_tier: 'scale' })
  assert.deepEqual(
    unknown.map(band => pick(band.prices)),
    bands(rows, { service_tier: 'standard' }).map(band => pick(band.prices)),
  )
})

test('a region factor multiplies every price of exactly that region', () => {
  const rows = [row({ unit_price: '0.0000025', region_factor: 'eu=1.1' })]
  assert.equal(bands(rows, { region: 'EU' })[0]?.prices.input, '0.00000275')
  assert.equal(bands(rows, { region: 'eu-west-1' })[0]?.prices.input, '0.0000025')
})

test('a later version replaces the whole list of the models it names, from its validity on and no earlier', () => {
  const rows = [
    row({ unit_price: '1' }),
    row({ token_kind: 'output', unit_price: '2' }),
    row({ unit_price: '7', valid_from: 500, version: 2 }),
  ]
  assert.deepEqual(
    bands(rows).map(band => [band.valid_from_ms, band.valid_to_ms, band.price_version, band.prices.input, band.prices.output]),
    [
      [0, 500, 1, '1', '2'],
      [500, null, 2, '7', null],
    ],
  )
})

test('a correction of the past holds in its interval, and the former version before and after it', () => {
  const rows = [row({ unit_price: '1' }), row({ unit_price: '9', valid_from: 100, valid_to: 200, version: 2 })]
  assert.deepEqual(
    bands(rows).map(band => [band.valid_from_ms, band.valid_to_ms, band.prices.input]),
    [
      [0, 100, '1'],
      [100, 200, '9'],
      [200, null, '1'],
    ],
  )
})

test('between two validities there is no price', () => {
  const rows = [row({ valid_to: 100 }), row({ valid_from: 200, valid_to: 300 })]
  assert.deepEqual(
    bands(rows).map(band => [band.valid_from_ms, band.valid_to_ms]),
    [
      [0, 100],
      [200, 300],
    ],
  )
})

test('the order in which rows were read changes nothing', () => {
  const rows = [1, 2, 3].flatMap(version =>
    (['input', 'output', 'cached_input'] as const).flatMap(token_kind =>
      [0, 100, 200].map(min_input_tokens =>
        row({ token_kind, version, min_input_tokens, valid_from: version * 10, unit_price: `${version}.${min_input_tokens}1` }),
      ),
    ),
  )
  const expected = bands(rows)
  fc.assert(
    fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), shuffled => {
      assert.deepEqual(bands(shuffled), expected)
    }),
    { numRuns: 30 },
  )
})

test('two rows of one version that contradict each other are refused when the book is built', () => {
  assert.throws(() => buildPriceBook([row({}), row({ unit_price: '2' })]), { code: 'PRICE_INVALID', message: /openai m input/ })
})

function pick(prices: Record<string, string | null> | undefined) {
  return ['input', 'cached_input', 'cache_write', 'cache_write_1h', 'output', 'reasoning'].map(kind => prices?.[kind])
}

test('the names that providers have for their usual tier are the tier without a name', () => {
  const rows = [row({ unit_price: '2' }), row({ unit_price: '1', service_tier: 'batch' })]
  for (const service_tier of ['', 'standard', 'Standard', 'standard_only', 'default', 'auto', 'on_demand']) {
    const [band] = bands(rows, { service_tier })
    assert.deepEqual([band?.service_tier, band?.prices.input], ['', '2'], service_tier)
  }
  for (const service_tier of ['batch', 'batches', 'BATCH']) assert.equal(bands(rows, { service_tier })[0]?.prices.input, '1', service_tier)
})

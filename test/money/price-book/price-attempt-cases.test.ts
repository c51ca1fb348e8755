import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AttemptUsage, priceAttempt } from '../../../services/money/price-book/price-attempt.ts'
import type { PriceBand } from '../../../services/money/price-book/price-bands.ts'
import { type PricedNames, resolvePrices } from '../../../services/money/price-book/resolve.ts'
import { readShippedPriceBook } from '../../../services/money/price-book/shipped-price-book.ts'
import { band, usage } from './attempt-usage.ts'

const { book } = await readShippedPriceBook()

// Expected sums are written out by hand from the published prices.
const cases: [what: string, names: Partial<PricedNames>, known: Partial<AttemptUsage>, expected: string][] = [
  // 326 × 2e-6 + 2,000 × 1.2e-4 + 340 × 1.2e-5 + 337 × 1.2e-5
  [
    'Gemini: image tokens of the output, thoughts beside them',
    { provider: 'gcp.gemini', response_model: 'gemini-3-pro-image-preview' },
    { input_tokens: 326, output_tokens: 2677, reasoning_tokens: 337, image_output_tokens: 2000, billed_units: 'output_image=1' },
    '0.248776',
  ],
  // (25 × 5e-6 + 150 × 25e-6) × 1.1
  [
    'Anthropic: inference in the US is 1.1 times every token',
    { provider: 'anthropic', response_model: 'claude-opus-4-6', price_modifiers: 'inference_geo_us' },
    { input_tokens: 25, output_tokens: 150 },
    '0.0042625',
  ],
  // 2 × (12 × 5e-6 + 6,034 × 5e-7 + 100 × 25e-6)
  [
    'Anthropic: fast mode is twice every token, cache reads included',
    { provider: 'anthropic', response_model: 'claude-opus-5', price_modifiers: 'fast_mode' },
    { input_tokens: 6046, cached_input_tokens: 6034, output_tokens: 100 },
    '0.011154',
  ],
  // Half of (25 × 5e-6 + 150 × 25e-6), and 3 searches at 10 per thousand.
  [
    'Anthropic: a batch is half of every token, searches are not',
    { provider: 'anthropic', response_model: 'claude-opus-4-6', service_tier: 'batch' },
    { input_tokens: 25, output_tokens: 150, billed_units: 'web_search=3' },
    '0.0319375',
  ],
  // 126 × 6e-7 + 32 × 1e-5 + 31 × 2.4e-6
  [
    'OpenAI realtime: audio of the input',
    { response_model: 'gpt-realtime-2.1-mini' },
    { input_tokens: 158, audio_input_tokens: 32, output_tokens: 31, reasoning_tokens: 26 },
    '0.00047',
  ],
  // 239 × 6e-7 + 58 × 2.4e-6 + 263 × 2e-5
  [
    'OpenAI realtime: cached text without a price of its own costs what input costs',
    { response_model: 'gpt-realtime-mini' },
    { input_tokens: 239, cached_input_tokens: 192, output_tokens: 321, audio_output_tokens: 263 },
    '0.0055426',
  ],
  // 10 text × 6e-7, 20 fresh audio × 1e-5, 30 cached audio × 3e-7, 40 cached text × 6e-8
  [
    'OpenAI realtime: cached audio has its own price',
    { response_model: 'gpt-realtime-2.1-mini' },
    { input_tokens: 100, cached_input_tokens: 70, cached_audio_input_tokens: 30, audio_input_tokens: 50 },
    '0.0002174',
  ],
  // 50 × 5e-6 + 4,160 × 3e-5
  [
    'image generation: the output is image tokens',
    { response_model: 'gpt-image-2' },
    { input_tokens: 50, output_tokens: 4160, image_output_tokens: 4160 },
    '0.12505',
  ],
  // 9 × 3.3e-6 + 3,153 × 4.125e-6 + 120 × 1.65e-5
  [
    'Bedrock: cache writes beside the input',
    { provider: 'aws.bedrock', response_model: 'us.anthropic.claude-sonnet-4-6' },
    { input_tokens: 3162, cache_write_tokens: 3153, output_tokens: 120 },
    '0.015015825',
  ],
  // 12 × 3.3e-6 + 1,000 × 3.3e-7 + 40 × 1.65e-5
  [
    'Bedrock: cache reads beside the input',
    { provider: 'aws.bedrock', response_model: 'us.anthropic.claude-sonnet-4-6' },
    { input_tokens: 1012, cached_input_tokens: 1000, output_tokens: 40 },
    '0.0010296',
  ],
  // 1.1 × (1,000 × 2.5e-6 + 100 × 1.5e-5)
  ['OpenAI in Europe: a tenth more', { response_model: 'gpt-5.4', region: 'eu' }, { input_tokens: 1000, output_tokens: 100 }, '0.0044'],
  // 1,000 × 2.5e-6 + 100 × 1e-5
  [
    'OpenAI in Europe: older models cost the same',
    { response_model: 'gpt-4o', region: 'eu' },
    { input_tokens: 1000, output_tokens: 100 },
    '0.0035',
  ],
  // 20,000 × 3.75e-7 + 15,000 × 2.25e-6
  [
    'OpenAI: a batch at its own prices',
    { response_model: 'gpt-5.4-mini', service_tier: 'batch' },
    { input_tokens: 20_000, output_tokens: 15_000 },
    '0.04125',
  ],
  // 12.5 s × 0.0001
  ['a transcription by the second', { response_model: 'whisper-1' }, { billed_units: 'input_audio_second=12.5' }, '0.00125'],
  // 3 × 0.04
  ['images by the image', { response_model: 'dall-e-3' }, { billed_units: 'output_image=3' }, '0.12'],
  // 8 s × 0.1
  ['video by the second', { response_model: 'openai/sora-2' }, { billed_units: 'output_video_second=8' }, '0.8'],
  // 1,000 × 1.5e-5
  ['speech by the character', { response_model: 'tts-1' }, { billed_units: 'input_character=1000' }, '0.015'],
  // 10 × 8e-7 + 2 × 0.00006
  [
    'embeddings of text and images',
    { provider: 'aws.bedrock', response_model: 'amazon.titan-embed-image-v1' },
    { input_tokens: 10, billed_units: 'input_image=2' },
    '0.000128',
  ],
]

for (const [what, names, known, expected] of cases) {
  test(`${what}: ${expected} USD by the list that comes with Weir`, () => {
    const nobody = { provider: 'openai', request_model: '', response_model: '', service_tier: '', region: '' }
    const priced = priceAttempt(usage(known), resolvePrices(book, { ...nobody, ...names }))
    assert.ok(priced.is_priced)
    assert.deepEqual([priced.total, priced.currency, priced.unpriced_tokens, priced.unpriced_units], [expected, 'USD', 0, []])
  })
}

test('what is billed by a unit that nobody tells is unpriced, and a unit told without a price too', () => {
  const by = (prices: Partial<PriceBand['prices']>, unit_prices: PriceBand['unit_prices'], known: Partial<AttemptUsage>) => {
    const priced = priceAttempt(usage(known), [band({ prices, unit_prices })])
    return [priced.is_priced ? priced.total : priced.reason, priced.unpriced_tokens, priced.unpriced_units]
  }
  const seconds = { input_audio_second: '0.0001' }
  const tokens = { input: '1', output: '2' }
  assert.deepEqual(by({}, seconds, {}), ['quantity_not_told', 0, ['']])
  assert.deepEqual(by({}, seconds, { outcome: 'error' }), ['0', 0, []])
  assert.deepEqual(by({}, seconds, { input_tokens: 7 }), ['no_price_of_kind', 7, []])
  // The seconds say again what the tokens said.
  assert.deepEqual(by({}, seconds, { input_tokens: 7, billed_units: 'input_audio_second=2' }), ['0.0002', 0, []])
  assert.deepEqual(by(tokens, {}, { output_tokens: 3, billed_units: 'output_image=1' }), ['6', 0, []])
  assert.deepEqual(by(tokens, {}, { output_tokens: 3, billed_units: 'web_search=1' }), ['6', 0, ['web_search']])
  assert.deepEqual(by(tokens, {}, { billed_units: 'output_image=1' }), ['no_price_of_kind', 0, ['output_image']])
  assert.deepEqual(by(tokens, { request: '0.5' }, { input_tokens: 1 }), ['1.5', 0, []])
  assert.deepEqual(by(tokens, { request: '0.5' }, { input_tokens: 1, outcome: 'error' }), ['1', 0, []])
  // Paid by the request alone: its tokens are no further bill.
  assert.deepEqual(by({}, { request: '0.5' }, { input_tokens: 1 }), ['0.5', 0, []])
  assert.deepEqual(by({}, { web_search: '0.01' }, {}), ['0', 0, []])
})

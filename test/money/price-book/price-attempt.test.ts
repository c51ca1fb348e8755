import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { add, formatDecimal, parseDecimal } from '../../../services/money/decimal.ts'
import { type AttemptUsage, priceAttempt } from '../../../services/money/price-book/price-attempt.ts'
import { resolvePrices } from '../../../services/money/price-book/resolve.ts'
import { readShippedPriceBook } from '../../../services/money/price-book/shipped-price-book.ts'
import { band, usage } from './attempt-usage.ts'

const { book } = await readShippedPriceBook()

function shippedCost(provider: string, response_model: string, service_tier: string, known: Partial<AttemptUsage>): string | undefined {
  const bands = resolvePrices(book, { provider, response_model, request_model: '', service_tier, region: '' })
  const priced = priceAttempt(usage(known), bands)
  return priced.is_priced ? priced.total : undefined
}

// Expected sums below are written out by hand from the published prices.
test('claude-sonnet-4-5 costs twice as much for all tokens of a request above 200,000 input tokens', () => {
  const parts = { cached_input_tokens: 100_000, cache_write_tokens: 50_000, cache_write_1h_tokens: 20_000, output_tokens: 1_000 }
  // 50,000 × 3e-6 + 100,000 × 3e-7 + 30,000 × 3.75e-6 + 20,000 × 6e-6 + 1,000 × 1.5e-5 = 0.15 + 0.03 + 0.1125 + 0.12 + 0.015
  assert.equal(shippedCost('anthropic', 'claude-sonnet-4-5', '', { ...parts, input_tokens: 200_000 }), '0.4275')
  // 50,001 × 6e-6 + 100,000 × 6e-7 + 30,000 × 7.5e-6 + 20,000 × 1.2e-5 + 1,000 × 2.25e-5 = 0.300006 + 0.06 + 0.225 + 0.24 + 0.0225
  assert.equal(shippedCost('anthropic', 'claude-sonnet-4-5', '', { ...parts, input_tokens: 200_001 }), '0.847506')
})

test('gpt-5.4 has its own prices for flex, batch, priority and above 272,000 input tokens', () => {
  const small = { input_tokens: 1_000, cached_input_tokens: 400, output_tokens: 100, reasoning_tokens: 60 }
  // 600 × 2.5e-6 + 400 × 2.5e-7 + 100 × 1.5e-5 = 0.0015 + 0.0001 + 0.0015
  assert.equal(shippedCost('openai', 'gpt-5.4', '', small), '0.0031')
  assert.equal(shippedCost('openai', 'gpt-5.4', 'default', small), '0.0031')
  // 600 × 1.25e-6 + 400 × 1.3e-7 + 100 × 7.5e-6 = 0.00075 + 0.000052 + 0.00075
  assert.equal(shippedCost('openai', 'gpt-5.4', 'flex', small), '0.001552')
  // No batch price for cached input: the standard one. 0.00075 + 0.0001 + 0.00075
  assert.equal(shippedCost('openai', 'gpt-5.4', 'batch', small), '0.0016')
  // 600 × 5e-6 + 400 × 5e-7 + 100 × 3e-5 = 0.003 + 0.0002 + 0.003
  assert.equal(shippedCost('openai', 'gpt-5.4', 'priority', small), '0.0062')
  // 272,001 × 5e-6 + 10 × 2.25e-5
  assert.equal(shippedCost('openai', 'gpt-5.4', '', { input_tokens: 272_001, output_tokens: 10 }), '1.36023')
  assert.equal(shippedCost('openai', 'gpt-5.4', '', { input_tokens: 272_000, output_tokens: 10 }), '0.68015')
})

test('an xAI threshold includes the limit itself', () => {
  // grok-4: 3e-6 below, 6e-6 from 128,000 on.
  assert.equal(shippedCost('x_ai', 'grok-4-0709', '', { input_tokens: 127_999 }), '0.383997')
  assert.equal(shippedCost('x_ai', 'grok-4-0709', '', { input_tokens: 128_000 }), '0.768')
})

test('free is a cost of zero, and no price is no cost', () => {
  const free = priceAttempt(usage({ input_tokens: 10 }), [band({ prices: { input: '0' } })])
  assert.deepEqual([free.is_priced, free.is_priced && free.total, free.unpriced_tokens], [true, '0', 0])
  assert.deepEqual(priceAttempt(usage({ input_tokens: 10, output_tokens: 5 }), []), {
    is_priced: false,
    reason: 'no_price',
    unpriced_tokens: 15,
    unpriced_units: [],
  })
})

test('tokens of a kind without a price are counted apart and the rest is priced', () => {
  const outputOnly = [band({ prices: { output: '2', reasoning: '3' } })]
  const priced = priceAttempt(usage({ input_tokens: 7, output_tokens: 5, reasoning_tokens: 1 }), outputOnly)
  assert.ok(priced.is_priced)
  assert.deepEqual(
    [priced.input_cost, priced.output_cost, priced.reasoning_cost, priced.total, priced.unpriced_tokens],
    ['0', '8', '3', '11', 7],
  )
  const unpriced = priceAttempt(usage({ input_tokens: 7 }), outputOnly)
  assert.deepEqual(unpriced, { is_priced: false, reason: 'no_price_of_kind', unpriced_tokens: 7, unpriced_units: [] })
})

test('audio and image tokens have their own price, every token is charged once, and the text takes what is cached', () => {
  const prices = {
    input: '1',
    cached_input: '0.5',
    audio_input: '10',
    image_input: '3',
    output: '2',
    reasoning: '2',
    audio_output: '20',
    image_output: '7',
  }
  const tokens = {
    input_tokens: 100,
    cached_input_tokens: 30,
    audio_input_tokens: 40,
    image_input_tokens: 20,
    output_tokens: 50,
    reasoning_tokens: 5,
  }
  const all = priceAttempt(usage({ ...tokens, audio_output_tokens: 15, image_output_tokens: 10 }), [band({ prices })])
  assert.ok(all.is_priced)
  // Input: 10 text + 40 × 10 + 20 × 3; output without reasoning: 20 × 2 + 15 × 20 + 10 × 7.
  assert.deepEqual([all.input_cost, all.cached_input_cost, all.output_cost, all.reasoning_cost], ['470', '15', '410', '10'])
  // More audio and images than uncached input: audio first. 70 × 10 and nothing left.
  const most = priceAttempt(usage({ ...tokens, audio_input_tokens: 90, image_input_tokens: 90 }), [band({ prices })])
  assert.ok(most.is_priced)
  assert.equal(most.input_cost, '700')
})

test('gpt-4o-audio-preview: audio tokens at the audio price of the list, those of a model without one as text', () => {
  const audio = { input_tokens: 1_000, audio_input_tokens: 600, output_tokens: 100, audio_output_tokens: 80 }
  // 400 × 2.5e-6 + 600 × 4e-5 + 20 × 1e-5 + 80 × 8e-5 = 0.001 + 0.024 + 0.0002 + 0.0064
  assert.equal(shippedCost('openai', 'gpt-4o-audio-preview-2024-12-17', '', audio), '0.0316')
  // claude-sonnet-4-5: 1,000 × 3e-6 + 100 × 1.5e-5
  assert.equal(shippedCost('anthropic', 'claude-sonnet-4-5', '', audio), '0.0045')
})

test('a price change at 14:37:12 splits the requests of that minute', () => {
  const change = Date.UTC(2026, 7, 20, 14, 37, 12)
  const bands = [
    band({ valid_to_ms: change, price_version: 1, prices: { input: '1' } }),
    band({ valid_from_ms: change, price_version: 2, prices: { input: '5' } }),
  ]
  const minute = Date.UTC(2026, 7, 20, 14, 37)
  const costs = Array.from({ length: 60_000 }, (_, ms) => {
    const priced = priceAttempt(usage({ started_at: minute + ms, input_tokens: 1 }), bands)
    assert.ok(priced.is_priced)
    return `${priced.total} ${priced.price_version}`
  })
  assert.deepEqual([costs.filter(cost => cost === '1 1').length, costs.filter(cost => cost === '5 2').length], [12_000, 48_000])
  assert.deepEqual([costs[11_999], costs[12_000]], ['1 1', '5 2'])
})

test('outside every validity a request is unpriced', () => {
  const bands = [band({ valid_from_ms: 2_000, valid_to_ms: 3_000, prices: { input: '1' } })]
  const reasons = [1_999, 2_000, 2_999, 3_000].map(started_at => {
    const priced = priceAttempt(usage({ started_at, input_tokens: 1 }), bands)
    return priced.is_priced ? 'priced' : priced.reason
  })
  assert.deepEqual(reasons, ['not_in_force', 'priced', 'priced', 'not_in_force'])
})

const counts = fc.nat({ max: 2_000_000 })
const priceTexts = fc.bigInt({ min: 0n, max: 10n ** 15n }).map(formatDecimal)

test('the five parts sum to the total, and parts that exceed their whole never make a cost negative', () => {
  fc.assert(
    fc.property(
      fc.record({
        input: priceTexts,
        cached_input: priceTexts,
        cache_write: priceTexts,
        cache_write_1h: priceTexts,
        output: priceTexts,
        reasoning: priceTexts,
      }),
      fc.record({
        input_tokens: counts,
        cached_input_tokens: counts,
        cache_write_tokens: counts,
        cache_write_1h_tokens: counts,
        output_tokens: counts,
        reasoning_tokens: counts,
      }),
      (prices, tokens) => {
        const priced = priceAttempt(usage(tokens), [band({ prices })])
        assert.ok(priced.is_priced)
        const parts = [priced.input_cost, priced.cached_input_cost, priced.cache_write_cost, priced.output_cost, priced.reasoning_cost]
        assert.equal(formatDecimal(add(...parts.map(part => parseDecimal(part, { rejectNegative: true })))), priced.total)
      },
    ),
  )
})

test('with one price for all kinds the total depends on input and output alone', () => {
  fc.assert(
    fc.property(
      priceTexts,
      counts,
      counts,
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
      (price, input, output, shares) => {
        const [cached = 0, written = 0, hour = 0, reasoned = 0] = shares
        const cached_input_tokens = Math.floor(input * cached)
        const cache_write_tokens = Math.floor((input - cached_input_tokens) * written)
        const tokens = {
          input_tokens: input,
          cached_input_tokens,
          cache_write_tokens,
          cache_write_1h_tokens: Math.floor(cache_write_tokens * hour),
          output_tokens: output,
          reasoning_tokens: Math.floor(output * reasoned),
        }
        const prices = { input: price, cached_input: price, cache_write: price, cache_write_1h: price, output: price, reasoning: price }
        const priced = priceAttempt(usage(tokens), [band({ prices })])
        assert.ok(priced.is_priced)
        assert.equal(parseDecimal(priced.total), parseDecimal(price) * BigInt(input + output))
      },
    ),
  )
})

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { type ReportedTokens, usageOf } from '../../../schemas/dialects/token-convention.ts'

/** [input, cached, cache write, output, reasoning, quality] */
function counted(reported: ReportedTokens, options: Parameters<typeof usageOf>[1] = {}): unknown[] {
  const usage = usageOf(reported, options)
  return [
    usage.input_tokens,
    usage.cached_input_tokens,
    usage.cache_write_tokens,
    usage.output_tokens,
    usage.reasoning_tokens,
    usage.usage_quality,
  ]
}

suite('token convention', () => {
  test('inclusive counts stay as they are', () => {
    const openai = { input: 1200, cached_input: 800, output: 210, reasoning: 64, total: 1410 }
    assert.deepEqual(counted(openai), [1200, 800, 0, 210, 64, 'reported'])
  })

  test('Anthropic’s input leaves its cached parts out: they are added', () => {
    assert.deepEqual(counted({ input: 300, cached_input: 800, cache_write: 100, output: 210 }), [1200, 800, 100, 210, 0, 'reported'])
  })

  test('Bedrock’s total proves exclusive counting: 16 + 2387 + 9 = 2412', () => {
    assert.deepEqual(counted({ input: 16, cache_write: 2387, output: 9, total: 2412 }), [2403, 0, 2387, 9, 0, 'reported'])
  })

  test('the total also proves it where the parts are smaller than the input', () => {
    assert.deepEqual(counted({ input: 900, cached_input: 100, output: 50, total: 1050 }), [1000, 100, 0, 50, 0, 'reported'])
  })

  test('Gemini’s candidates leave the thoughts out', () => {
    assert.deepEqual(counted({ input: 100, output: 40, reasoning: 300, total: 440 }), [100, 0, 0, 340, 300, 'reported'])
    assert.deepEqual(counted({ input: 100, output: 40, reasoning: 30, total: 170 }), [100, 0, 0, 70, 30, 'reported'])
  })

  test('a total that nothing explains is a contradiction, and the counts stay as given', () => {
    assert.deepEqual(counted({ input: 758, output: 102, total: 1725 }), [758, 0, 0, 102, 0, 'contradictory'])
  })

  test('a total that two ways of counting explain is a contradiction, not a guess', () => {
    assert.deepEqual(counted({ input: 500, cached_input: 60, output: 200, reasoning: 60, total: 760 }), [
      500,
      60,
      0,
      200,
      60,
      'contradictory',
    ])
  })

  test('nothing given is missing, not zero', () => {
    assert.deepEqual(counted({ input: null, output: null }), [0, 0, 0, 0, 0, 'missing'])
    assert.deepEqual(counted({ input: 0, output: 0 }), [0, 0, 0, 0, 0, 'reported'])
  })

  test('input alone is complete only where there is no output to expect', () => {
    assert.equal(usageOf({ input: 10, output: null }).usage_quality, 'missing')
    assert.equal(usageOf({ input: 10, output: null }, { operation: 'embeddings' }).usage_quality, 'reported')
    assert.equal(usageOf({ input: 10, output: null, total: 10 }).usage_quality, 'reported')
  })

  const tokens = fc.option(fc.oneof(fc.nat(2000), fc.maxSafeNat()), { nil: null })
  const anyUsage = fc.record({
    input: tokens,
    cached_input: tokens,
    cache_write: tokens,
    cache_write_1h: tokens,
    output: tokens,
    reasoning: tokens,
    total: tokens,
    audio_input: tokens,
    audio_output: tokens,
    image_input: tokens,
    image_output: tokens,
  })

  test('parts never exceed their whole, whatever is reported', () => {
    fc.assert(
      fc.property(anyUsage, fc.constantFrom(undefined, 'inclusive' as const), (reported, convention) => {
        const usage = usageOf(reported, convention === undefined ? {} : { convention })
        assert.ok(usage.cached_input_tokens + usage.cache_write_tokens <= usage.input_tokens)
        assert.ok(usage.cache_write_1h_tokens <= usage.cache_write_tokens)
        assert.ok(usage.reasoning_tokens <= usage.output_tokens)
        assert.ok(usage.audio_input_tokens <= usage.input_tokens && usage.image_input_tokens <= usage.input_tokens)
        assert.ok(usage.audio_output_tokens <= usage.output_tokens && usage.image_output_tokens <= usage.output_tokens)
        for (const value of Object.values(usage)) assert.ok(typeof value === 'string' || Number.isSafeInteger(value))
      }),
    )
  })

  test('one call counted inclusively and exclusively gives the same usage', () => {
    const call = fc.record({ fresh: fc.nat(5000), cached: fc.nat(5000), write: fc.nat(5000), output: fc.nat(5000) })
    fc.assert(
      fc.property(call, ({ fresh, cached, write, output }) => {
        // With the total on both, the way of counting is never in doubt.
        const total = fresh + cached + write + output
        const inclusive = usageOf({ input: fresh + cached + write, cached_input: cached, cache_write: write, output, total })
        const exclusive = usageOf({ input: fresh, cached_input: cached, cache_write: write, output, total })
        assert.deepEqual(exclusive, inclusive)
        assert.equal(inclusive.usage_quality, 'reported')
      }),
    )
  })
})

/** Tokens by kind and what is billed beside them, of answers that nobody has seen yet. */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { BILLED_UNITS_PATTERN, PRICE_MODIFIERS_PATTERN, readBilledUnits } from '../../../schemas/billed-units.ts'
import { usageFromProviderBody } from '../../../schemas/dialects/provider-body.ts'
import { billedUnitsOf, priceModifiersOf } from '../../../schemas/dialects/provider-units.ts'

const wild = fc.oneof(fc.nat(), fc.constantFrom<unknown>(null, -1, 1.5, '12', '7.25', 'x', {}, [], [null], Number.MAX_SAFE_INTEGER, 1e300))
const operation = fc.constantFrom('', 'chat', 'image_generation', 'image_edit', 'transcription', 'realtime', 'embeddings')

suite('tokens by kind', () => {
  const details = fc.record({ cached_tokens: wild, reasoning_tokens: wild, audio_tokens: wild, image_tokens: wild, text_tokens: wild })
  const modalities = fc.array(fc.record({ modality: fc.constantFrom('TEXT', 'AUDIO', 'IMAGE', 'VIDEO'), tokenCount: wild }), {
    maxLength: 4,
  })
  const bodies = fc.oneof(
    fc.record({
      usage: fc.record({
        input_tokens: wild,
        output_tokens: wild,
        total_tokens: wild,
        input_token_details: details,
        output_token_details: details,
        input_tokens_details: details,
        output_tokens_details: details,
      }),
    }),
    fc.record({
      usageMetadata: fc.record({
        promptTokenCount: wild,
        toolUsePromptTokenCount: wild,
        candidatesTokenCount: wild,
        thoughtsTokenCount: wild,
        totalTokenCount: wild,
        cachedContentTokenCount: wild,
        promptTokensDetails: fc.oneof(modalities, wild),
        candidatesTokensDetails: fc.oneof(modalities, wild),
        cacheTokensDetails: fc.oneof(modalities, wild),
      }),
    }),
  )

  test('no kind ever exceeds what it is a part of, and none is below 0', () => {
    fc.assert(
      fc.property(bodies, operation, (body, asked) => {
        const usage = usageFromProviderBody(body, asked)?.usage
        if (usage === undefined) return
        for (const part of [usage.audio_input_tokens, usage.image_input_tokens]) assert.ok(part >= 0 && part <= usage.input_tokens)
        for (const part of [usage.audio_output_tokens, usage.image_output_tokens]) assert.ok(part >= 0 && part <= usage.output_tokens)
        assert.ok(usage.cached_audio_input_tokens >= 0 && usage.cached_audio_input_tokens <= usage.cached_input_tokens)
      }),
      { numRuns: 1000 },
    )
  })

  test('a sound Gemini body counts each token once: prompt and tools in, candidates and thoughts out', () => {
    const few = fc.nat({ max: 1_000_000 })
    fc.assert(
      fc.property(few, few, few, few, few, few, (text, audio, tools, answer, image, thoughts) => {
        const usageMetadata = {
          promptTokenCount: text + audio,
          toolUsePromptTokenCount: tools,
          candidatesTokenCount: answer + image,
          thoughtsTokenCount: thoughts,
          totalTokenCount: text + audio + tools + answer + image + thoughts,
          promptTokensDetails: [
            { modality: 'TEXT', tokenCount: text },
            { modality: 'AUDIO', tokenCount: audio },
          ],
          candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: image }],
        }
        const usage = usageFromProviderBody({ usageMetadata, candidates: [{}] })?.usage
        assert.deepEqual(
          [usage?.input_tokens, usage?.audio_input_tokens, usage?.output_tokens, usage?.image_output_tokens, usage?.reasoning_tokens],
          [text + audio + tools, audio, answer + image + thoughts, image, thoughts],
        )
        assert.notEqual(usage?.usage_quality, 'estimated')
      }),
    )
  })
})

suite('what is billed beside tokens', () => {
  const body = fc.record(
    {
      usage: fc.oneof(
        wild,
        fc.record({
          seconds: wild,
          search_context_size: fc.constantFrom('low', 'high', 'odd', 3),
          num_search_queries: wild,
          citation_tokens: wild,
          server_tool_use: fc.record({ web_search_requests: wild }),
          inference_geo: fc.constantFrom<unknown>('us', 'global', 'not_available', 'US', 7, 'u s'),
          speed: fc.constantFrom<unknown>('fast', 'standard', null),
        }),
      ),
      duration: wild,
      seconds: wild,
      object: fc.constantFrom('video', 'response'),
      data: fc.oneof(wild, fc.array(fc.oneof(fc.constant({ url: 'u' }), wild))),
      output: fc.oneof(wild, fc.array(fc.oneof(fc.constant({ type: 'web_search_call' }), wild))),
      candidates: fc.oneof(wild, fc.constant([{ groundingMetadata: { webSearchQueries: ['a'] } }])),
      usage_info: fc.oneof(wild, fc.record({ pages_processed: wild })),
      meta: fc.record({ billed_units: fc.record({ search_units: wild, images: wild }) }),
    },
    { requiredKeys: [] },
  )

  test('any answer gives the text of known units and modifiers, or none, never a throw', () => {
    const [units, modifiers] = [new RegExp(BILLED_UNITS_PATTERN), new RegExp(PRICE_MODIFIERS_PATTERN)]
    fc.assert(
      fc.property(body, operation, fc.boolean(), (answer, asked, hasTokens) => {
        const text = billedUnitsOf(answer, { operation: asked, model: 'gemini-2.5-pro', hasTokens })
        assert.match(text, units)
        for (const quantity of readBilledUnits(text).values()) assert.ok(Number(quantity) > 0)
        assert.match(priceModifiersOf(answer.usage), modifiers)
      }),
      { numRuns: 1000 },
    )
  })

  test('what tokens count already is not billed by the piece too', () => {
    const answer = { data: [{ b64_json: 'x' }], duration: 23, usage: { seconds: 23 } }
    assert.equal(billedUnitsOf(answer, { operation: 'transcription', model: '', hasTokens: true }), '')
    assert.equal(billedUnitsOf(answer, { operation: 'transcription', model: '', hasTokens: false }), 'input_audio_second=23 output_image=1')
  })
})

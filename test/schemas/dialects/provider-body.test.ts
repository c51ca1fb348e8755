import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { usageFromProviderBody } from '../../../schemas/dialects/provider-body.ts'
import { sample, sampleJson } from '../../fixtures/samples.ts'

const body = (name: string) => sample(`provider_bodies/${name}.txt`).toString('utf8')
const chat = 'llm-v1-chat'

/** File → shape, input, cached, cache write, output, reasoning, quality, model; from the files themselves, converted by hand. */
const answers: [name: string, string, number, number, number, number, number, string, string][] = [
  ['agentgateway_anthropic_basic', 'anthropic', 40, 12, 13, 21, 0, 'reported', 'claude-haiku-4-5-20251001'],
  ['agentgateway_anthropic_stream_message_delta_usage', 'anthropic', 34347, 30464, 0, 49, 0, 'reported', 'glm-5.2'],
  ['agentgateway_anthropic_stream_thinking', 'anthropic', 47, 0, 0, 264, 0, 'reported', 'claude-opus-4-6'],
  ['agentgateway_bedrock_cache_write', 'bedrock-converse', 2403, 0, 2387, 9, 0, 'reported', ''],
  ['agentgateway_completions_basic', 'openai-chat', 17, 0, 0, 23, 0, 'reported', 'gpt-3.5-turbo-0125'],
  ['agentgateway_completions_cache_write', 'openai-chat', 1000, 300, 200, 10, 0, 'reported', 'gpt-5.6'],
  ['agentgateway_completions_audio', 'openai-chat', 320, 12, 0, 180, 15, 'reported', 'gpt-4o-audio-preview'],
  ['agentgateway_completions_stream', 'openai-chat', 18, 0, 0, 286, 192, 'reported', 'gpt-5-nano-2025-08-07'],
  ['agentgateway_responses_basic', 'openai-responses', 10, 0, 0, 10, 0, 'reported', 'gpt-4o-2024-08-06'],
  ['agentgateway_responses_stream', 'openai-responses', 12, 0, 0, 8, 0, 'reported', 'gpt-4.1-mini'],
  // 0 and 0 beside an answer that ended by itself: a placeholder, not a count.
  [`kong_fixture_anthropic_${chat}_responses_good`, 'anthropic', 0, 0, 0, 0, 0, 'contradictory', 'claude-2.1'],
  [`kong_fixture_anthropic_${chat}_responses_malformed_usage_response`, '', 0, 0, 0, 0, 0, 'missing', 'claude-2.1'],
  [`kong_fixture_anthropic_${chat}_responses_no_usage_response`, '', 0, 0, 0, 0, 0, 'missing', 'claude-2.1'],
  [`kong_fixture_cohere_${chat}_responses_good`, 'cohere', 81, 0, 0, 258, 0, 'reported', ''],
  [
    `kong_fixture_mistral_${chat}_responses_good`,
    'openai-chat',
    25,
    0,
    0,
    12,
    0,
    'reported',
    'mistralai/Mistral-7B-Instruct-v0.1-instruct',
  ],
  [`kong_fixture_openai_${chat}_responses_good`, 'openai-chat', 25, 0, 0, 12, 0, 'reported', 'gpt-3.5-turbo-0613'],
  [`kong_fixture_unit_expected-responses_bedrock_${chat}`, 'openai-chat', 19, 0, 0, 119, 0, 'reported', 'bedrock'],
  [`kong_real_anthropic_${chat}`, 'anthropic', 0, 0, 0, 0, 0, 'contradictory', 'claude-2.1'],
  ['kong_real_anthropic_llm-v1-completions', '', 0, 0, 0, 0, 0, 'missing', 'claude-2.1'],
  [`kong_real_azure_${chat}`, 'openai-chat', 130, 0, 0, 139, 0, 'reported', 'gpt-4-0613'],
  ['kong_real_azure_llm-v1-completions', 'openai-chat', 10, 0, 0, 225, 0, 'reported', 'gpt-3.5-turbo-instruct'],
  [`kong_real_cohere_${chat}`, 'cohere', 81, 0, 0, 258, 0, 'reported', ''],
  ['kong_real_cohere_llm-v1-completions', 'cohere', 8, 0, 0, 100, 0, 'reported', ''],
  [`kong_real_gemini_${chat}`, 'gemini', 14, 0, 0, 128, 0, 'reported', ''],
  [`kong_real_llama2_ollama_${chat}`, 'ollama', 26, 0, 0, 100, 0, 'reported', 'llama2'],
  ['kong_real_llama2_ollama_llm-v1-completions', 'ollama', 13, 0, 0, 12, 0, 'reported', 'llama2'],
  [`kong_real_llama2_raw_${chat}`, '', 0, 0, 0, 0, 0, 'missing', ''],
  ['kong_real_llama2_raw_llm-v1-completions', '', 0, 0, 0, 0, 0, 'missing', ''],
  [`kong_real_mistral_ollama_${chat}`, 'ollama', 26, 0, 0, 100, 0, 'reported', 'mistral-tiny'],
  [`kong_real_mistral_openai_${chat}`, 'openai-chat', 130, 0, 0, 139, 0, 'reported', 'mistral-tiny'],
  [`kong_real_openai_${chat}`, 'openai-chat', 130, 0, 0, 139, 0, 'reported', 'gpt-4-0613'],
  ['kong_real_openai_llm-v1-completions', 'openai-chat', 10, 0, 0, 225, 0, 'reported', 'gpt-3.5-turbo-instruct'],
  ['cassette_azure-chat-basic', 'openai-chat', 8, 0, 0, 271, 192, 'reported', 'gpt-5-nano-2025-08-07'],
  ['cassette_chat-basic', 'openai-chat', 8, 0, 0, 377, 320, 'reported', 'gpt-5-nano-2025-08-07'],
  ['cassette_chat-detailed-usage', 'openai-chat', 12, 0, 0, 100, 100, 'reported', 'gpt-5-nano-2025-08-07'],
  ['cassette_chat-reasoning', 'openai-chat', 27, 0, 0, 267, 192, 'reported', 'gpt-5-nano-2025-08-07'],
  ['cassette_chat-streaming-detailed-usage', 'openai-chat', 12, 0, 0, 100, 100, 'reported', 'gpt-5-nano-2025-08-07'],
  ['cassette_chat-streaming', '', 0, 0, 0, 0, 0, 'missing', 'gpt-5-nano-2025-08-07'],
  ['cassette_completion-streaming-usage', 'openai-chat', 31, 0, 0, 25, 0, 'reported', 'babbage:2023-07-21-v2'],
]

suite('answers of providers', () => {
  for (const [name, shape, input, cached, write, output, reasoning, quality, model] of answers) {
    test(`${name} reports what it says, converted`, () => {
      const answer = usageFromProviderBody(body(name))
      assert.ok(answer)
      const { usage } = answer
      assert.deepEqual(
        [
          answer.shape,
          usage.input_tokens,
          usage.cached_input_tokens,
          usage.cache_write_tokens,
          usage.output_tokens,
          usage.reasoning_tokens,
        ],
        [shape, input, cached, write, output, reasoning],
      )
      assert.deepEqual([usage.usage_quality, answer.model, answer.is_interrupted, answer.error], [quality, model, false, ''])
    })
  }

  test('audio tokens are told apart', () => {
    const usage = usageFromProviderBody(body('agentgateway_completions_audio'))?.usage
    assert.deepEqual([usage?.audio_input_tokens, usage?.audio_output_tokens], [240, 90])
  })

  test('errors have no usage and say what they are', () => {
    for (const name of ['cassette_chat-bad-request', 'cassette_chat-unknown-model']) {
      const answer = usageFromProviderBody(body(name))
      assert.deepEqual([answer?.error, answer?.usage.usage_quality, answer?.shape], ['invalid_request_error', 'missing', ''])
    }
  })

  test('one call counts the same in every provider’s words', () => {
    const { _expected_canonical_for_all_but_quirk: expected, ...calls } =
      sampleJson<Record<string, unknown>>('provider_usage_same_call.json')
    assert.deepEqual(expected, { input_total: 1200, cache_read: 800, output_total: 210, total: 1410 })
    for (const [name, call] of Object.entries(calls)) {
      if (name === 'gemini_openai_compat_quirk') continue
      const usage = usageFromProviderBody(call)?.usage
      assert.deepEqual(
        [usage?.input_tokens, usage?.cached_input_tokens, usage?.output_tokens, usage?.usage_quality],
        [1200, 800, 210, 'reported'],
        name,
      )
    }
    const quirk = usageFromProviderBody(calls['gemini_openai_compat_quirk'])?.usage
    // 1725 in all, 758 of them input.
    assert.deepEqual([quirk?.input_tokens, quirk?.output_tokens, quirk?.usage_quality], [758, 967, 'estimated'])
  })

  test('a stream is worth as much as its last word, wherever it is cut', () => {
    const stream = body('agentgateway_anthropic_stream_thinking')
    for (let cut = 300; cut < stream.length; cut += 97) {
      const answer = usageFromProviderBody(stream.slice(0, cut))
      if (answer === undefined) continue
      const { usage, is_interrupted } = answer
      const isWhole = usage.output_tokens === 264
      assert.equal(usage.input_tokens, usage.usage_quality === 'missing' ? 0 : 47)
      if (is_interrupted) assert.notEqual(usage.usage_quality, 'reported')
      else assert.ok(isWhole)
    }
  })

  test('any value gives an answer or none, never a throw, and parts never exceed their whole', () => {
    const count = fc.oneof(fc.nat(), fc.constantFrom(null, -1, 1.5, '12', 'x', {}, Number.MAX_SAFE_INTEGER))
    const names = [
      'prompt_tokens',
      'completion_tokens',
      'input_tokens',
      'output_tokens',
      'total_tokens',
      'cache_read_input_tokens',
      'inputTokens',
    ]
    const usage = fc.dictionary(fc.constantFrom(...names, 'outputTokens', 'totalTokens', 'cacheReadInputTokens'), count)
    const details = fc.record({ cached_tokens: count, reasoning_tokens: count })
    const bodies = fc.oneof(
      fc.record({ usage, choices: fc.constant([{}]) }),
      fc
        .tuple(usage, details)
        .map(([counts, parts]) => ({ usage: { ...counts, prompt_tokens_details: parts, completion_tokens_details: parts } })),
      fc.record({
        usageMetadata: fc.dictionary(
          fc.constantFrom('promptTokenCount', 'candidatesTokenCount', 'thoughtsTokenCount', 'totalTokenCount'),
          count,
        ),
      }),
      fc.jsonValue(),
      fc.string(),
    )
    fc.assert(
      fc.property(bodies, value => {
        const answer = usageFromProviderBody(value)
        if (answer === undefined) return
        const { usage: found } = answer
        assert.ok(found.cached_input_tokens + found.cache_write_tokens <= found.input_tokens)
        assert.ok(found.reasoning_tokens <= found.output_tokens)
        assert.ok(Number.isSafeInteger(found.input_tokens + 0) && Number.isSafeInteger(found.output_tokens + 0))
      }),
      { numRuns: 600 },
    )
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { importLitellmPrices } from '../../../services/money/price-book/import-litellm.ts'

const settings = { version: 3, source: 'test', valid_from: 5, valid_to: null }

function importModel(fields: string, provider = 'openai') {
  return importLitellmPrices(`{"m": {"litellm_provider": "${provider}"${fields ? `, ${fields}` : ''}}}`, settings)
}

function prices(fields: string, provider?: string): string[] {
  return importModel(fields, provider).rows.map(row =>
    [row.token_kind, row.service_tier, row.min_input_tokens || '', row.unit, row.unit_price].filter(Boolean).join(' '),
  )
}

test('a price is the digits of the file, not the float nearest to them', () => {
  assert.deepEqual(prices('"input_cost_per_token": 0.00000012345678901234567e1'), ['input token 0.00000123456789'])
  assert.deepEqual(prices('"input_cost_per_second": 0.123456789012345678'), ['input_audio_second second 0.123456789012'])
  assert.deepEqual(prices('"input_cost_per_token": "3e-7"'), ['input token 0.0000003'])
})

test('suffixes of tier, context and cache lifetime are taken apart in every combination', () => {
  const cases: [string, string][] = [
    ['input_cost_per_token', 'input token 1'],
    ['input_cost_per_token_above_200k_tokens', 'input 200000 token 1'],
    ['input_cost_per_token_above_272k_tokens_priority', 'input priority 272000 token 1'],
    ['input_cost_per_token_priority_above_272k_tokens', 'input priority 272000 token 1'],
    ['input_cost_per_token_above_128_tokens', 'input 128 token 1'],
    ['output_cost_per_token_batches', 'output batch token 1'],
    ['output_cost_per_reasoning_token_flex', 'reasoning flex token 1'],
    ['cache_creation_input_token_cost', 'cache_write token 1'],
    ['cache_creation_input_token_cost_above_1hr', 'cache_write_1h token 1'],
    ['cache_creation_input_token_cost_above_1hr_above_200k_tokens', 'cache_write_1h 200000 token 1'],
    ['cache_read_input_token_cost_above_200k_tokens_priority', 'cached_input priority 200000 token 1'],
    ['input_cost_per_token_cache_hit', 'cached_input token 1'],
    ['input_cost_per_video_per_second_above_15s_interval', 'input_video_second_above_15s second 1'],
    ['input_cost_per_request', 'request request 1'],
  ]
  for (const [field, expected] of cases) {
    // A price per token of 1 would be absurd: the least one stands in.
    const value = expected.includes(' token ') ? '1e-15' : '1'
    assert.deepEqual(prices(`"${field}": ${value}`), [value === '1' ? expected : expected.replace(/1$/, '0.000000000000001')], field)
  }
})

test('where a price also stands under its older name, the present name decides', () => {
  const { rows, report } = importModel('"input_cost_per_token_cache_hit": 9e-7, "cache_read_input_token_cost": 1e-7')
  assert.deepEqual(
    rows.map(row => [row.token_kind, row.unit_price]),
    [['cached_input', '0.0000001']],
  )
  assert.deepEqual(report.skipped.at(-1), {
    reason: 'given_by_another_field',
    field: 'input_cost_per_token_cache_hit',
    count: 1,
    first_model: 'm',
  })
})

test('a null is an absent price, named in the report and not refused', () => {
  const { rows, report } = importModel('"input_cost_per_token": null')
  assert.deepEqual([rows.length, report.refused.length, report.skipped.at(-1)?.reason], [0, 0, 'empty'])
})

test('zero is kept as free, an absent price gives no row', () => {
  assert.deepEqual(prices('"input_cost_per_token": 0.0'), ['input token 0'])
  const { rows, report } = importModel('')
  assert.deepEqual([rows.length, report.models, report.models_without_rows], [0, 1, ['m']])
})

test('a price that cannot be one is refused with model and field, and its neighbours are imported', () => {
  const wrong = ['-1e-6', '"NaN"', '"free"', '0.5', '1e400', 'true', '{}', '[1]']
  for (const value of wrong) {
    const { rows, report } = importModel(`"input_cost_per_token": ${value}, "output_cost_per_token": 2e-6`)
    assert.deepEqual(
      rows.map(row => row.token_kind),
      ['output'],
      value,
    )
    assert.deepEqual(
      report.refused.map(refused => [refused.model, refused.field]),
      [['m', 'input_cost_per_token']],
      value,
    )
  }
})

test('an entry that is no model is refused, and the documentation entries are not models', () => {
  const { report } = importLitellmPrices(
    '{"sample_spec": {"input_cost_per_token": 0}, "fallback_generalizations": {"rules": []}, "a": 1, "b": {}, "c": ' +
      '{"litellm_provider": "x"}}',
    settings,
  )
  assert.equal(report.models, 3)
  assert.deepEqual(
    report.refused.map(refused => refused.model),
    ['a', 'b'],
  )
  assert.deepEqual(
    report.skipped.filter(skipped => skipped.reason === 'special_entry').map(skipped => skipped.field),
    ['sample_spec', 'fallback_generalizations'],
  )
})

test('a file that is not a JSON object is refused as a whole', () => {
  for (const text of ['', '[]', 'null', '{"m": {"input_cost_per_token": NaN}}', '{"m"']) {
    assert.throws(() => importLitellmPrices(text, settings), { code: 'PRICE_INVALID' }, text)
  }
})

test('tiers become bands by context size and take the place of flat prices', () => {
  const tiers =
    '"tiered_pricing": [{"range": [0, 32000.0], "input_cost_per_token": 1e-6}, {"range": [32000.0, 128000], "input_cost_per_token": 2e-6}]'
  const { rows, report } = importModel(`"input_cost_per_token": 9e-6, ${tiers}`)
  assert.deepEqual(
    rows.map(row => [row.min_input_tokens, row.unit_price]),
    [
      [0, '0.000001'],
      [32000, '0.000002'],
    ],
  )
  assert.deepEqual(
    report.skipped.map(({ field, reason }) => [field, reason]),
    [
      ['litellm_provider', 'not_a_price'],
      ['input_cost_per_token', 'given_by_another_field'],
    ],
  )
})

test('tiers with a gap, an overlap or no range are refused whole', () => {
  for (const second of ['[40000, 50000]', '[30000, 50000]', '[32000, 32000]', '["a", "b"]', 'null']) {
    const first = `{"range": [0, 32000], "input_cost_per_token": 1e-6}`
    const tiers = `"tiered_pricing": [${first}, {"range": ${second}, "input_cost_per_token": 2e-6}]`
    const { rows, report } = importModel(tiers)
    assert.deepEqual([rows.length, report.refused[0]?.field], [0, 'tiered_pricing[1]'], second)
  }
})

test('regional factors and the search, per-result and Databricks prices are kept or named', () => {
  const { rows, report } = importModel(
    `"input_cost_per_token": 1e-6, "regional_processing_uplift_multiplier_us": 1.10, "regional_processing_uplift_multiplier_eu": 1.2,
     "search_context_cost_per_query": {"search_context_size_low": 0.01}, "input_dbu_cost_per_token": 2e-6, "new_cost_per_thing": 1`,
  )
  assert.deepEqual(
    rows.map(row => [row.unit, row.unit_price, row.region_factor]),
    [
      ['token', '0.000001', 'eu=1.2 us=1.1'],
      ['query', '0.01', 'eu=1.2 us=1.1'],
    ],
  )
  assert.deepEqual(
    report.skipped.map(({ field, reason }) => `${field} ${reason}`),
    ['litellm_provider not_a_price', 'input_dbu_cost_per_token priced_in_dbu', 'new_cost_per_thing unknown_price_field'],
  )
  const byResults = importModel('"tiered_pricing": [{"max_results_range": [0, 25], "input_cost_per_query": 0.005}]')
  assert.deepEqual([byResults.rows.length, byResults.report.skipped.at(-1)?.reason], [0, 'by_number_of_results'])
})

test('rows carry the provider by its OpenTelemetry name, and xAI thresholds include their limit', () => {
  const [row] = importModel('"input_cost_per_token_above_128k_tokens": 1e-6', 'xai').rows
  assert.deepEqual([row?.provider, row?.threshold_operator, row?.version, row?.valid_from, row?.source], ['x_ai', '>=', 3, 5, 'test'])
  const providers = ['bedrock_converse', 'vertex_ai-anthropic_models', 'azure_text', 'groq', 'constructor']
  assert.deepEqual(
    providers.map(name => importModel('"input_cost_per_token": 0', name).rows[0]?.provider),
    ['aws.bedrock', 'gcp.vertex_ai', 'azure.ai.openai', 'groq', 'constructor'],
  )
})

test("Anthropic's multipliers are on token prices alone, OpenAI's uplift on all that the model costs", () => {
  const { rows } = importModel(
    `"input_cost_per_token": 1e-6, "search_context_cost_per_query": {"search_context_size_medium": 0.01},
     "provider_specific_entry": {"us": 1.1, "fast": 2.0, "bedrock_invocation_schema": "titan"},
      "regional_processing_uplift_multiplier_eu": 1.1`,
    'anthropic',
  )
  assert.deepEqual(
    rows.map(row => [row.token_kind, row.region_factor, row.modifier_factor]),
    [
      ['input', 'eu=1.1', 'fast_mode=2 inference_geo_us=1.1'],
      ['web_search_medium', 'eu=1.1', ''],
    ],
  )
})

test('a price by the unit is for what the mode of the model says', () => {
  const cases: [fields: string, expected: string[]][] = [
    ['"mode": "audio_transcription", "input_cost_per_second": 0.0001, "output_cost_per_second": 0', ['input_audio_second second 0.0001']],
    [
      '"mode": "audio_transcription", "input_cost_per_second": 0.0001, "output_cost_per_second": 0.0001',
      ['input_audio_second second 0.0001'],
    ],
    ['"mode": "audio_transcription", "input_cost_per_second": 0, "output_cost_per_second": 0.0002', ['input_audio_second second 0.0002']],
    ['"mode": "chat", "input_cost_per_second": 0.01, "output_cost_per_second": 0.01', []],
    ['"mode": "video_generation", "output_cost_per_second": 0.3', ['output_video_second second 0.3']],
    ['"mode": "video_generation", "output_cost_per_second_1080p": 0.5', ['output_video_second_1080p second 0.5']],
    ['"mode": "image_generation", "input_cost_per_image": 0.04', ['output_image image 0.04']],
    [
      '"mode": "image_generation", "input_cost_per_image": 0.01, "output_cost_per_image": 0.04',
      ['input_image image 0.01', 'output_image image 0.04'],
    ],
    ['"mode": "image_generation", "output_cost_per_image": 0.04, "output_cost_per_image_token": 3e-5', ['image_output token 0.00003']],
    ['"mode": "image_generation", "input_cost_per_pixel": 1e-8, "output_cost_per_pixel": 0', ['output_pixel pixel 0.00000001']],
    ['"mode": "realtime", "input_cost_per_image": 5e-6', ['image_input token 0.000005']],
    ['"mode": "chat", "input_cost_per_token": 1e-6, "input_cost_per_image": 0.0004', ['input token 0.000001']],
    [
      '"mode": "embedding", "input_cost_per_token": 1e-6, "input_cost_per_image": 0.0004',
      ['input token 0.000001', 'input_image image 0.0004'],
    ],
    [
      '"mode": "chat", "input_cost_per_token": 0, "output_cost_per_token": 0, "output_cost_per_image": 0.04',
      ['input token 0', 'output token 0', 'output_image image 0.04'],
    ],
    ['"mode": "audio_speech", "input_cost_per_character": 1.5e-5', ['input_character character 0.000015']],
    ['"mode": "rerank", "input_cost_per_query": 0.002', ['search_unit query 0.002']],
    ['"mode": "ocr", "ocr_cost_per_page": 0.003, "annotation_cost_per_page": 0.004', ['page page 0.003', 'annotated_page page 0.004']],
  ]
  for (const [fields, expected] of cases) assert.deepEqual(prices(fields), expected, fields)
  const search = '"search_context_cost_per_query": {"search_context_size_low": 0.03, "search_context_size_medium": 0.03}'
  assert.deepEqual(prices(search, 'gemini'), ['grounded_prompt prompt 0.03'])
  assert.deepEqual(prices(`${search}, "web_search_billing_unit": "per_query"`, 'gemini'), [
    'web_search_low query 0.03',
    'web_search_medium query 0.03',
  ])
})

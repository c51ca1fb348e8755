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
  assert.deepEqual(prices('"input_cost_per_second": 0.123456789012345678'), ['input second 0.123456789012345678'])
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
    ['output_cost_per_second_1080p', 'output second_1080p 1'],
    ['input_cost_per_video_per_second_above_15s_interval', 'video_input second_above_15s 1'],
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
    '{"sample_spec": {"input_cost_per_token": 0}, "fallback_generalizations": {"rules": []}, "a": 1, "b": {}, "c": {"litellm_provider": "x"}}',
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
    const tiers = `"tiered_pricing": [{"range": [0, 32000], "input_cost_per_token": 1e-6}, {"range": ${second}, "input_cost_per_token": 2e-6}]`
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
      ['query_low_context', '0.01', 'eu=1.2 us=1.1'],
    ],
  )
  assert.deepEqual(
    report.skipped.map(({ field, reason }) => `${field} ${reason}`),
    ['litellm_provider not_a_price', 'input_dbu_cost_per_token priced_in_dbu', 'new_cost_per_thing unknown_price_field'],
  )
  assert.deepEqual(prices('"tiered_pricing": [{"max_results_range": [0, 25], "input_cost_per_query": 0.005}]'), [
    'query query_of_0_to_25_results 0.005',
  ])
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

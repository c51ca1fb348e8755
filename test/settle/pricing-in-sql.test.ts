import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { AttemptRow } from '../../schemas/attempt.ts'
import { type PricedAttempt, priceAttempt, type UnpricedAttempt } from '../../services/money/price-book/price-attempt.ts'
import type { PriceRow } from '../../services/money/price-book/price-row.ts'
import { buildPriceBook, resolvePrices } from '../../services/money/price-book/resolve.ts'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { openPriceBookStore } from '../../services/settle/price-book-store.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts } from './attempt-rows.ts'
import { insertPrices, priceRow } from './price-rows.ts'
import { settleWindow } from './settle-one.ts'

const WINDOW = Date.UTC(2026, 10, 24, 14, 37)
/** Prices change in the middle of a minute. */
const CHANGE = Date.UTC(2026, 10, 24, 14, 37, 12)
let clock = WINDOW
const now = () => ++clock

const change = { valid_from: CHANGE }
const until = { valid_to: CHANGE }
const book: PriceRow[] = [
  // Every kind, tiers, a threshold, a region factor, and prices with all 18 digits.
  priceRow({ unit_price: '0.000002500000000001', region_factor: 'eu=1.1 us=1.05', ...until }),
  priceRow({ unit_price: '0.0000035', ...change }),
  priceRow({ token_kind: 'cached_input', unit_price: '0.000000333333333333' }),
  priceRow({ token_kind: 'cache_write', unit_price: '0.000003125' }),
  priceRow({ token_kind: 'cache_write_1h', unit_price: '0.000005' }),
  priceRow({ token_kind: 'output', unit_price: '0.00001' }),
  priceRow({ token_kind: 'output', unit_price: '0.000005', service_tier: 'batch' }),
  priceRow({ token_kind: 'output', unit_price: '0.00002', service_tier: 'priority', ...change }),
  priceRow({ token_kind: 'reasoning', unit_price: '0.000012' }),
  priceRow({ token_kind: 'audio_input', unit_price: '0.00004' }),
  priceRow({ token_kind: 'audio_output', unit_price: '0.00008' }),
  priceRow({ token_kind: 'image_input', unit_price: '0.00001' }),
  priceRow({ token_kind: 'cached_audio_input', unit_price: '0.0000004', modifier_factor: 'fast_mode=2.5' }),
  priceRow({ token_kind: 'web_search', unit: 'query', unit_price: '0.01' }),
  priceRow({ token_kind: 'input', unit_price: '0.000005', min_input_tokens: 1_000 }),
  priceRow({ token_kind: 'output', unit_price: '0.000015', min_input_tokens: 1_000 }),
  // A threshold that includes its limit, in another currency.
  ...[0, 1_000].map(min =>
    priceRow({
      provider: 'x_ai',
      model: 'grok-4',
      unit_price: `0.00000${3 + min / 500}`,
      min_input_tokens: min,
      threshold_operator: '>=',
      currency: 'EUR',
    }),
  ),
  // What is billed by the unit: alone, beside tokens, by the request with and without tokens; seconds and their prices with all digits.
  priceRow({ model: 'by-second', token_kind: 'input_audio_second', unit: 'second', unit_price: '0.000283333333' }),
  priceRow({ model: 'drawing', unit_price: '0.000005', modifier_factor: 'inference_geo_us=1.1 fast_mode=2' }),
  priceRow({ model: 'drawing', token_kind: 'output', unit_price: '0.00001', modifier_factor: 'inference_geo_us=1.1 fast_mode=2' }),
  priceRow({ model: 'drawing', token_kind: 'output_image', unit: 'image', unit_price: '0.04', region_factor: 'eu=1.1' }),
  priceRow({ model: 'drawing', token_kind: 'output_image', unit: 'image', unit_price: '0.02', service_tier: 'batch' }),
  priceRow({ model: 'by-request', token_kind: 'request', unit: 'request', unit_price: '0.005' }),
  priceRow({ model: 'request-and-tokens', token_kind: 'request', unit: 'request', unit_price: '0.005' }),
  priceRow({ model: 'request-and-tokens', unit_price: '0.000001' }),
  // Free; only output has a price; a price that is no longer in force; one that comes into force.
  priceRow({ model: 'free', unit_price: '0' }),
  priceRow({ model: 'free', unit_price: '0', token_kind: 'output' }),
  priceRow({ model: 'output-only', unit_price: '0.000004', token_kind: 'output' }),
  priceRow({ model: 'gone', unit_price: '0.000004', ...until }),
  priceRow({ model: 'coming', unit_price: '0.000004', ...change }),
  // Version 2 takes over a model from the change on, and drops what it does not name.
  priceRow({ model: 'taken-over', unit_price: '0.000001' }),
  priceRow({ model: 'taken-over', unit_price: '0.000002', token_kind: 'output' }),
  priceRow({ model: 'taken-over', unit_price: '0.000007', version: 2, ...change }),
]

const count = fc.oneof(fc.constant(0), fc.nat(50), fc.integer({ min: 998, max: 1_002 }), fc.nat(1_000_000), fc.nat(1_000_000_000))
const models = [
  ...['gpt-4o', 'gpt-4o', 'gpt-4o', 'grok-4', 'free', 'output-only', 'gone', 'coming', 'taken-over', 'unheard-of'],
  ...['by-second', 'drawing', 'drawing', 'by-request', 'request-and-tokens'],
]
const units = [
  '',
  '',
  '',
  'output_image=2',
  'input_audio_second=12.345678',
  'output_image=1 web_search=3',
  'web_search=2',
  'code_session=1',
]
const facts = fc.record({
  started_at: fc.oneof(
    fc.constantFrom(WINDOW, CHANGE - 1, CHANGE, CHANGE + 1, WINDOW + 59_999),
    fc.integer({ min: WINDOW, max: WINDOW + 59_999 }),
  ),
  model: fc.constantFrom(...models),
  billed_units: fc.constantFrom(...units),
  price_modifiers: fc.constantFrom('', '', '', 'fast_mode', 'inference_geo_us', 'fast_mode inference_geo_us'),
  hasTokens: fc.constantFrom(true, true, true, false),
  service_tier: fc.constantFrom('', '', 'batch', 'batches', 'priority', 'default', 'flex'),
  region: fc.constantFrom('', 'eu', 'us', 'mars'),
  input_tokens: count,
  cached_input_tokens: count,
  cached_audio_input_tokens: count,
  cache_write_tokens: count,
  cache_write_1h_tokens: count,
  output_tokens: count,
  reasoning_tokens: count,
  audio_input_tokens: count,
  audio_output_tokens: count,
  image_input_tokens: count,
  image_output_tokens: count,
  outcome: fc.constantFrom<AttemptRow['outcome'][]>('ok', 'ok', 'ok', 'error', 'cancelled', 'rejected'),
  response_cache: fc.constantFrom('', '', '', 'miss', 'hit'),
  is_sole_row: fc.boolean(),
})

interface CostRow {
  tenant_id: string
  currency: string
  input: string
  cached_input: string
  cache_write: string
  output: string
  reasoning: string
  unit: string
  list: string
  unpriced_tokens: number
  unpriced_attempts: number
}

const noTokens = Object.fromEntries(
  ['input', 'cached_input', 'cached_audio_input', 'cache_write', 'cache_write_1h', 'output', 'reasoning', 'audio_input', 'audio_output']
    .concat('image_input', 'image_output')
    .map(kind => [`${kind}_tokens`, 0]),
)

async function costs(clickhouse: ClickHouse): Promise<Map<string, CostRow>> {
  const rows = await clickhouse.query<CostRow>(
    `SELECT tenant_id, currency, toString(input_cost) AS input, toString(cached_input_cost) AS cached_input,
      toString(cache_write_cost) AS cache_write,
       toString(output_cost) AS output, toString(reasoning_cost) AS reasoning,
       toString(unit_cost) AS unit, toString(list_cost) AS list, unpriced_tokens, unpriced_attempts
     FROM {database}.usage_per_minute_current`,
  )
  return new Map(rows.map(row => [row.tenant_id, row]))
}

function expectedRow(attempt: AttemptRow, prices: ReturnType<typeof buildPriceBook>): Omit<CostRow, 'tenant_id'> {
  const bands = resolvePrices(prices, attempt)
  const isReached = attempt.outcome !== 'rejected' && attempt.response_cache !== 'hit'
  const priced: PricedAttempt | UnpricedAttempt | undefined = isReached ? priceAttempt(attempt, bands) : undefined
  const cost = (
    part: 'input_cost' | 'cached_input_cost' | 'cache_write_cost' | 'output_cost' | 'reasoning_cost' | 'unit_cost' | 'total',
  ) => (priced?.is_priced ? priced[part] : '0')
  const unpriced_tokens = priced?.unpriced_tokens ?? 0
  return {
    currency: '',
    input: cost('input_cost'),
    cached_input: cost('cached_input_cost'),
    cache_write: cost('cache_write_cost'),
    output: cost('output_cost'),
    reasoning: cost('reasoning_cost'),
    unit: cost('unit_cost'),
    list: cost('total'),
    unpriced_tokens,
    unpriced_attempts: unpriced_tokens + (priced?.unpriced_units.length ?? 0) > 0 ? 1 : 0,
    ...(priced?.is_priced ? { currency: priced.currency } : {}),
  }
}

test('the settling query prices every attempt as the price book does, to the last digit', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await insertPrices(clickhouse, book)
  const prices = await openPriceBookStore({}, { clickhouse })
  // A tenant each, so that each attempt is a row of its own.
  const rows = fc.sample(facts, { numRuns: 900, seed: 20261124 }).map(({ model, hasTokens, ...known }, n) =>
    attemptRow({
      ...known,
      ...(hasTokens ? {} : noTokens),
      tenant_id: `t${n}`,
      provider: model === 'grok-4' ? 'x_ai' : 'openai',
      request_model: model,
      response_model: n % 3 ? model : '',
    }),
  )
  await insertAttempts(clickhouse, rows)
  await settleWindow(WINDOW, { clickhouse, prices, now })
  const found = await costs(clickhouse)
  const index = buildPriceBook(book)
  assert.equal(found.size, rows.length)
  let pricedCount = 0
  const seen = { unit: 0, owed: 0, modified: 0 }
  for (const row of rows) {
    const { tenant_id, currency, ...amounts } = found.get(row.tenant_id) ?? assert.fail()
    const { currency: expectedCurrency, ...expected } = expectedRow(row, index)
    assert.deepEqual(amounts, expected, `${tenant_id}: ${JSON.stringify(row)}`)
    if (expectedCurrency !== '') assert.equal(currency, expectedCurrency)
    if (expected.list !== '0') pricedCount++
    if (expected.unit !== '0') seen.unit++
    if (expected.unpriced_attempts > 0 && expected.unpriced_tokens === 0) seen.owed++
    if (expected.list !== '0' && row.price_modifiers !== '') seen.modified++
  }
  assert.ok(pricedCount > 200, `the sample is worth something: ${pricedCount} attempts cost money`)
  assert.ok(Math.min(...Object.values(seen)) > 20, JSON.stringify(seen))
})

test('free is priced at zero, unpriced is told, and neither is the other', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await insertPrices(clickhouse, book)
  const prices = await openPriceBookStore({}, { clickhouse })
  const usage = { input_tokens: 700, output_tokens: 30 }
  await insertAttempts(clickhouse, [
    attemptRow({ tenant_id: 'free', started_at: WINDOW, response_model: 'free', ...usage }),
    attemptRow({ tenant_id: 'unheard-of', started_at: WINDOW, request_model: 'unheard-of', response_model: 'unheard-of', ...usage }),
    attemptRow({ tenant_id: 'not-yet', started_at: CHANGE - 1, response_model: 'coming', ...usage }),
    // 30 × 0.000004; its input has no price.
    attemptRow({ tenant_id: 'half', started_at: WINDOW, response_model: 'output-only', ...usage }),
  ])
  await settleWindow(WINDOW, { clickhouse, prices, now })
  const found = await costs(clickhouse)
  const seen = [...found.values()].map(row => [row.tenant_id, row.list, row.unpriced_tokens, row.unpriced_attempts, row.currency])
  assert.deepEqual(seen.sort(), [
    ['free', '0', 0, 0, 'USD'],
    ['half', '0.00012', 700, 1, 'USD'],
    ['not-yet', '0', 730, 1, 'USD'],
    ['unheard-of', '0', 730, 1, 'USD'],
  ])
})

test('what the gateway answered from its cache or refused costs nothing, and its tokens are told apart', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await insertPrices(clickhouse, book)
  const prices = await openPriceBookStore({}, { clickhouse })
  const usage = { started_at: WINDOW, input_tokens: 900, output_tokens: 100 }
  await insertAttempts(clickhouse, [
    attemptRow({ tenant_id: 'hit', response_cache: 'hit', ...usage }),
    attemptRow({ tenant_id: 'refused', outcome: 'rejected', error_class: 'gateway_rejected', ...usage }),
    attemptRow({ tenant_id: 'never-sent', attempts_reported: 0, outcome: 'error', error_class: 'blocked_by_policy', ...usage }),
  ])
  await settleWindow(WINDOW, { clickhouse, prices, now })
  const rows = await clickhouse.query(
    `SELECT tenant_id, requests, attempts, attempts_reported, input_tokens + output_tokens AS tokens,
      toString(list_cost + estimated_cost) AS cost,
       unpriced_tokens, response_cache_hits, response_cache_hit_tokens
     FROM {database}.usage_per_minute_current ORDER BY tenant_id`,
  )
  const nothing = {
    requests: 1,
    attempts: 1,
    attempts_reported: 0,
    tokens: 0,
    cost: '0',
    unpriced_tokens: 0,
    response_cache_hits: 0,
    response_cache_hit_tokens: 0,
  }
  assert.deepEqual(rows, [
    { tenant_id: 'hit', ...nothing, response_cache_hits: 1, response_cache_hit_tokens: 1_000 },
    { tenant_id: 'never-sent', ...nothing },
    { tenant_id: 'refused', ...nothing },
  ])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { AttemptRow } from '../../schemas/attempt.ts'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { openPriceBookStore } from '../../services/settle/price-book-store.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts } from './attempt-rows.ts'
import { insertPrices, priceRow } from './price-rows.ts'
import { settleWindow } from './settle-one.ts'

const WINDOW = Date.UTC(2026, 10, 24, 14, 37)
const CHANGE = WINDOW + 12_000
let clock = WINDOW
const now = () => ++clock

const book = [
  priceRow({ unit_price: '0.000002', valid_to: CHANGE }),
  priceRow({ unit_price: '0.000003', valid_from: CHANGE, version: 2 }),
  priceRow({ unit_price: '0.00001', token_kind: 'output', valid_to: CHANGE }),
  priceRow({ unit_price: '0.000012', token_kind: 'output', valid_from: CHANGE, version: 2 }),
  priceRow({ unit_price: '0.000001', token_kind: 'cached_input', valid_to: CHANGE }),
  priceRow({ unit_price: '0.00004', token_kind: 'audio_input', valid_to: CHANGE }),
  priceRow({ unit_price: '0.000004', min_input_tokens: 1_000, valid_to: CHANGE }),
  priceRow({ model: 'output-only', unit_price: '0.000007', token_kind: 'output' }),
]

interface ChargeRow {
  tenant_id: string
  upstream: string
  price_key: string
  price_version: number
  min_input_tokens: number
  token_kind: string
  is_wasted: boolean
  estimate_method: string
  unit_price: string | null
  quantity: number
  attempts: number
}

async function charges(clickhouse: ClickHouse, tenant_id = ''): Promise<ChargeRow[]> {
  return await clickhouse.query<ChargeRow>(
    `SELECT tenant_id, upstream, price_key, price_version, min_input_tokens, token_kind, is_wasted, estimate_method,
      toString(unit_price) AS unit_price,
       toFloat64(quantity) AS quantity, attempts
     FROM {database}.charges_per_minute_current WHERE {tenant_id:String} IN ('', tenant_id) ORDER BY ALL`,
    { tenant_id },
  )
}

/** What a row says in short: kind, unit price, quantity, attempts. */
const brief = ({ token_kind, unit_price, quantity, attempts }: ChargeRow) => [token_kind, unit_price, quantity, attempts]

async function settled(t: Parameters<typeof openTestClickHouse>[0], rows: readonly AttemptRow[]): Promise<ClickHouse> {
  const { clickhouse } = await openTestClickHouse(t)
  await insertPrices(clickhouse, book)
  await insertAttempts(clickhouse, rows)
  await settleWindow(WINDOW, { clickhouse, prices: await openPriceBookStore({}, { clickhouse }), now })
  return clickhouse
}

const count = fc.oneof(fc.constant(0), fc.nat(50), fc.integer({ min: 990, max: 1_010 }), fc.nat(1_000_000))
const anyAttempt = fc.record({
  tenant_id: fc.constantFrom('a', 'b'),
  request_id: fc.nat(40).map(n => `r${n}`),
  started_at: fc.integer({ min: WINDOW, max: WINDOW + 59_999 }),
  response_model: fc.constantFrom('gpt-4o', 'gpt-4o', 'output-only', 'unheard-of'),
  upstream_kind: fc.constantFrom<AttemptRow['upstream_kind'][]>('provider', 'provider', 'pool'),
  outcome: fc.constantFrom<AttemptRow['outcome'][]>('ok', 'ok', 'error', 'cancelled', 'rejected'),
  usage_quality: fc.constantFrom<AttemptRow['usage_quality'][]>('reported', 'reported', 'missing', 'estimated'),
  is_sole_row: fc.boolean(),
  is_stream: fc.boolean(),
  input_tokens: count,
  cached_input_tokens: count,
  cache_write_tokens: count,
  cache_write_1h_tokens: count,
  audio_input_tokens: count,
  image_input_tokens: count,
  output_tokens: count,
  reasoning_tokens: count,
  audio_output_tokens: count,
  image_output_tokens: count,
  request_bytes: count,
  response_bytes: count,
})

test('quantity times unit price, summed by kind, is what the usage says it cost, whatever the order and repeats of the rows', async t => {
  const rows = fc.sample(anyAttempt, { numRuns: 400, seed: 37 }).map((facts, n) => {
    const pool = facts.upstream_kind === 'pool' ? 'gpu-a' : ''
    return attemptRow({ ...facts, pool, provider: pool ? '' : 'openai', attempt_no: n, request_model: facts.response_model })
  })
  const clickhouse = await settled(t, rows)
  const first = await charges(clickhouse)
  const [difference] = await clickhouse.query(
    `WITH costs AS (SELECT
       sumIf(toUInt64(quantity) * unit_price, token_kind IN ('input', 'audio_input', 'image_input')
         AND estimate_method IN ('', 'source')) AS input,
       sumIf(toUInt64(quantity) * unit_price, token_kind = 'cached_input') AS cached_input,
       sumIf(toUInt64(quantity) * unit_price, token_kind IN ('cache_write', 'cache_write_1h')) AS cache_write,
       sumIf(toUInt64(quantity) * unit_price, token_kind IN ('output', 'audio_output', 'image_output')
         AND estimate_method IN ('', 'source')) AS output,
       sumIf(toUInt64(quantity) * unit_price, token_kind = 'reasoning') AS reasoning,
       sumIf(toUInt64(quantity) * unit_price, estimate_method NOT IN ('', 'source')) AS estimated,
       sumIf(toUInt64(quantity) * unit_price, is_wasted) AS wasted,
       sumIf(toUInt64(quantity), unit_price IS NULL AND estimate_method IN ('', 'source')) AS unpriced
       FROM {database}.charges_per_minute_current)
     SELECT toString(costs.input - u.input_cost) AS input, toString(costs.cached_input - u.cached_input_cost) AS cached_input,
       toString(costs.cache_write - u.cache_write_cost) AS cache_write, toString(costs.output - u.output_cost) AS output,
       toString(costs.reasoning - u.reasoning_cost) AS reasoning, toString(costs.estimated - u.estimated_cost) AS estimated,
       toString(costs.wasted - (SELECT sum(wasted_cost) FROM {database}.resilience_per_minute_current)) AS wasted,
       least(costs.input, costs.cached_input, costs.cache_write, costs.output, costs.reasoning, costs.estimated, costs.wasted,
         unpriced) > 0 AS is_worth_something
     FROM costs CROSS JOIN (SELECT sum(input_cost) AS input_cost, sum(cached_input_cost) AS cached_input_cost,
       sum(cache_write_cost) AS cache_write_cost,
       sum(output_cost) AS output_cost, sum(reasoning_cost) AS reasoning_cost, sum(estimated_cost) AS estimated_cost
       FROM {database}.usage_per_minute_current) AS u`,
  )
  const zeros = { input: '0', cached_input: '0', cache_write: '0', output: '0', reasoning: '0', estimated: '0', wasted: '0' }
  assert.deepEqual(difference, { ...zeros, is_worth_something: 1 })
  assert.deepEqual(
    first.filter(row => (row.unit_price === null) !== (row.price_version === 0) || (row.unit_price === null) !== (row.price_key === '')),
    [],
    'a quantity without a price names no import, a priced one does',
  )
  const shuffled = rows.toSorted((a, b) => ((a.offset * 7919) % 401) - ((b.offset * 7919) % 401))
  assert.deepEqual(await charges(await settled(t, [...shuffled, ...shuffled.slice(0, 50)])), first)
})

test('a price that changes at 14:37:12 splits that minute: each request has the price of its own start', async t => {
  const usage = { input_tokens: 100, output_tokens: 10 }
  const starts = [WINDOW, CHANGE - 1, CHANGE, WINDOW + 59_999]
  const clickhouse = await settled(
    t,
    starts.map(started_at => attemptRow({ ...usage, started_at, tenant_id: 'a' })),
  )
  assert.deepEqual(
    (await charges(clickhouse)).map(row => [row.price_version, ...brief(row)]),
    [
      [1, 'input', '0.000002', 200, 2],
      [1, 'output', '0.00001', 20, 2],
      [2, 'input', '0.000003', 200, 2],
      [2, 'output', '0.000012', 20, 2],
    ],
  )
})

test('each token stands under one kind, with the price of its context tier', async t => {
  const clickhouse = await settled(t, [
    attemptRow({
      tenant_id: 'a',
      started_at: WINDOW,
      input_tokens: 900,
      cached_input_tokens: 300,
      audio_input_tokens: 50,
      output_tokens: 70,
      reasoning_tokens: 20,
    }),
    attemptRow({ tenant_id: 'a', started_at: WINDOW, input_tokens: 1_001 }),
  ])
  assert.deepEqual(
    (await charges(clickhouse)).map(row => [row.min_input_tokens, ...brief(row)]),
    [
      [0, 'audio_input', '0.00004', 50, 1],
      [0, 'cached_input', '0.000001', 300, 1],
      [0, 'input', '0.000002', 550, 1],
      [0, 'output', '0.00001', 50, 1],
      [0, 'reasoning', '0.00001', 20, 1],
      [1_000, 'input', '0.000004', 1_001, 1],
    ],
  )
})

test('what a failed attempt used is wasted; what nobody reported is an estimate that names its method', async t => {
  const joined = { tenant_id: 'joined', started_at: WINDOW, request_id: 'r' }
  const missing = { usage_quality: 'missing', started_at: WINDOW, request_bytes: 400, response_bytes: 800 } as const
  const clickhouse = await settled(t, [
    attemptRow({ ...joined, ...missing, attempt_no: 1, outcome: 'error', error_class: 'timeout' }),
    attemptRow({ ...joined, attempt_no: 2, input_tokens: 600, output_tokens: 50 }),
    attemptRow({ ...missing, tenant_id: 'plain' }),
    attemptRow({ ...missing, tenant_id: 'stream', is_stream: true, input_tokens: 90 }),
    attemptRow({ tenant_id: 'source', started_at: WINDOW, usage_quality: 'estimated', output_tokens: 5 }),
  ])
  const rows = (await charges(clickhouse)).map(row => [row.tenant_id, row.is_wasted, row.estimate_method, ...brief(row)])
  assert.deepEqual(rows, [
    ['joined', false, '', 'input', '0.000002', 600, 1],
    ['joined', true, 'sibling_input', 'input', '0.000002', 600, 1],
    ['joined', false, '', 'output', '0.00001', 50, 1],
    ['plain', false, 'bytes_per_token', 'input', '0.000002', 100, 1],
    ['plain', false, 'bytes_per_token', 'output', '0.00001', 200, 1],
    ['source', false, 'source', 'output', '0.00001', 5, 1],
    ['stream', false, '', 'input', '0.000002', 90, 1],
    ['stream', false, 'stream_events', 'output', '0.00001', 4, 1],
  ])
})

test('unpriced is not free, and the work of a pool stands there whole', async t => {
  const work = { input_tokens: 700, cached_input_tokens: 200, output_tokens: 30 }
  const clickhouse = await settled(t, [
    attemptRow({ ...work, tenant_id: 'half', started_at: WINDOW, response_model: 'output-only' }),
    attemptRow({
      ...work,
      tenant_id: 'pool',
      started_at: WINDOW,
      upstream_kind: 'pool',
      pool: 'gpu-a',
      provider: '',
      request_model: 'llama',
      response_model: 'llama',
    }),
  ])
  assert.deepEqual((await charges(clickhouse, 'half')).map(brief), [
    ['cached_input', null, 200, 1],
    ['input', null, 500, 1],
    ['output', '0.000007', 30, 1],
  ])
  const pool = await charges(clickhouse, 'pool')
  assert.deepEqual(pool.map(brief), [
    ['cached_input', null, 200, 1],
    ['input', null, 500, 1],
    ['output', null, 30, 1],
  ])
  assert.deepEqual([...new Set(pool.map(row => row.upstream))], ['gpu-a'])
})

test('drift compares ours and theirs over the attempts that carry a reported cost, by currency', async t => {
  const usage = { started_at: WINDOW, input_tokens: 100, output_tokens: 10, reported_currency: 'USD' }
  const clickhouse = await settled(t, [
    attemptRow({ ...usage, reported_cost: '0.0004' }),
    attemptRow({ ...usage, reported_cost: null }),
    attemptRow({ ...usage, reported_cost: '0.0001', reported_currency: 'EUR' }),
    attemptRow({ ...usage, reported_cost: '0.5', request_model: 'x', response_model: 'x' }),
  ])
  const rows = await clickhouse.query(
    `SELECT response_model, attempts, unpriced_attempts, toString(list_cost) AS ours, reported_currency, toString(reported_cost) AS theirs
     FROM {database}.cost_drift_per_minute_current ORDER BY ALL`,
  )
  assert.deepEqual(rows, [
    { response_model: 'gpt-4o', attempts: 1, unpriced_attempts: 0, ours: '0.0003', reported_currency: 'EUR', theirs: '0.0001' },
    { response_model: 'gpt-4o', attempts: 1, unpriced_attempts: 0, ours: '0.0003', reported_currency: 'USD', theirs: '0.0004' },
    { response_model: 'x', attempts: 1, unpriced_attempts: 1, ours: '0', reported_currency: 'USD', theirs: '0.5' },
  ])
})

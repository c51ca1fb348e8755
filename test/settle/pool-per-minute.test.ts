import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MINUTE, SECOND } from '../../services/platform/clock.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts, WINDOW_MS } from './attempt-rows.ts'
import { engineRow, insertSamples, onlyPoolRow, type PoolRow, poolRows } from './engine-rows.ts'
import { at, first, settle } from './pool-rig.ts'

const second = { endpoint: '10.0.0.2:8000' }

// Two engines, a sample each 30 s. Engine 1 restarts between :00 and :30.
const twoEngines = [
  engineRow({
    ...first,
    sampled_at: at(-30),
    running: 9,
    waiting: 9,
    output_tokens_total: 1_000,
    input_tokens_total: 50,
    requests_finished_total: 7,
  }),
  engineRow({
    ...first,
    sampled_at: at(0),
    running: 4,
    waiting: 0,
    output_tokens_total: 1_600,
    input_tokens_total: 80,
    requests_finished_total: 9,
  }),
  engineRow({
    ...first,
    sampled_at: at(30),
    running: 2,
    waiting: 1,
    output_tokens_total: 300,
    input_tokens_total: 10,
    requests_finished_total: 1,
  }),
  engineRow({
    ...second,
    sampled_at: at(-30),
    running: 0,
    waiting: 0,
    output_tokens_total: 0,
    input_tokens_total: 0,
    requests_finished_total: 0,
  }),
  engineRow({
    ...second,
    sampled_at: at(0),
    running: 6,
    waiting: 0,
    output_tokens_total: 120,
    input_tokens_total: 60,
    requests_finished_total: 2,
  }),
  engineRow({
    ...second,
    sampled_at: at(30),
    running: 8,
    waiting: 0,
    output_tokens_total: 240,
    input_tokens_total: 120,
    requests_finished_total: 3,
  }),
]

// (1600 − 1000) + 300 (reset) over 60 s, and 240 over 60 s: 15 + 4 tokens/s. Input: (30 + 10 + 120) / 60.
const expectedOfTwo = {
  engines: 2,
  samples: 4,
  running: 3 + 7,
  waiting: 0.5,
  running_max: 4 + 8,
  waiting_max: 1,
  output_tokens_per_s: 19,
  input_tokens_per_s: 160 / 60,
  requests_finished: 2 + 1 + 3,
  counter_resets: 1,
}

function pick(row: PoolRow | undefined, like: object): object {
  return Object.fromEntries(Object.keys(like).map(key => [key, row?.[key as keyof PoolRow]]))
}

test('the growth of counters is summed over engines, and a restart in the middle loses only what nobody read', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await insertSamples(clickhouse, twoEngines)
  await settle(clickhouse)
  const row = await onlyPoolRow(clickhouse)
  assert.ok(Math.abs((row.input_tokens_per_s as number) - expectedOfTwo.input_tokens_per_s) < 1e-12)
  assert.deepEqual(pick(row, expectedOfTwo), { ...expectedOfTwo, input_tokens_per_s: row.input_tokens_per_s })
})

test('a redelivered exposition changes nothing', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await insertSamples(clickhouse, twoEngines)
  await settle(clickhouse)
  const before = await poolRows(clickhouse)
  await insertSamples(clickhouse, twoEngines.slice(1, 5))
  // A resend by the scraper: the same readings under another offset.
  await insertSamples(
    clickhouse,
    twoEngines.slice(3).map(row => ({ ...row, offset: row.offset + 1_000, output_tokens_total: 9e9 })),
  )
  await settle(clickhouse)
  assert.deepEqual(await poolRows(clickhouse), before)
})

test('a signal that the engine does not give is null, never zero', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await insertSamples(clickhouse, [
    engineRow({ sampled_at: at(0), kv_cache_use_ratio: 0.25 }),
    engineRow({ sampled_at: at(30), kv_cache_use_ratio: 0.75 }),
    engineRow({ model: 'silent', sampled_at: at(0), running_limit: 8, output_tokens_total: 5 }),
  ])
  await settle(clickhouse)
  const [known, silent] = await poolRows(clickhouse)
  const nothing = {
    running: null,
    waiting: null,
    running_max: null,
    waiting_max: null,
    preemptions: null,
    queue_ms: null,
    ttft_ms: null,
    input_tokens_per_s: null,
    output_tokens_per_s: null,
    prefix_cache_hit_ratio: null,
    requests_finished: null,
    requests_failed: null,
    minutes_to_saturation: null,
  }
  assert.deepEqual(pick(known, nothing), nothing)
  assert.deepEqual(pick(silent, nothing), nothing)
  const kv = { kv_cache_use_ratio: 0.5, kv_cache_use_ratio_max: 0.75, saturation: 0.5, running_limit: null }
  assert.deepEqual(pick(known, kv), kv)
  const limited = { kv_cache_use_ratio: null, saturation: null, running_limit: 8 }
  assert.deepEqual(pick(silent, limited), limited)
})

test('means of waiting and first token come from what was counted in the minute, ratios from both counters', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const before = {
    queue_seconds_sum: 10,
    queue_seconds_count: 100,
    ttft_seconds_sum: 50,
    ttft_seconds_count: 100,
    prefix_cache_queries_total: 1_000,
    prefix_cache_hits_total: 100,
    preemptions_total: 3,
    requests_failed_total: 1,
  }
  const after = {
    queue_seconds_sum: 12,
    queue_seconds_count: 104,
    ttft_seconds_sum: 51,
    ttft_seconds_count: 104,
    prefix_cache_queries_total: 3_000,
    prefix_cache_hits_total: 1_600,
    preemptions_total: 5,
    requests_failed_total: 1,
  }
  await insertSamples(clickhouse, [engineRow({ sampled_at: at(1), ...before }), engineRow({ sampled_at: at(59), ...after })])
  await settle(clickhouse)
  // 2 s / 4, 1 s / 4, 1500 / 2000.
  const expected = { queue_ms: 500, ttft_ms: 250, prefix_cache_hit_ratio: 0.75, preemptions: 2, requests_failed: 0 }
  assert.deepEqual(pick(await onlyPoolRow(clickhouse), expected), expected)
})

test('a minute without samples is a gap, and what was counted over it is no burst after it', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await insertSamples(clickhouse, [
    engineRow({ sampled_at: at(0), output_tokens_total: 0 }),
    engineRow({ sampled_at: at(50), output_tokens_total: 500 }),
    // Three minutes are missing: 170 s later 1,700 tokens more.
    engineRow({ sampled_at: at(220), output_tokens_total: 2_200 }),
  ])
  for (const minute of [0, 1, 2, 3]) await settle(clickhouse, WINDOW_MS + minute * MINUTE)
  assert.equal((await onlyPoolRow(clickhouse)).output_tokens_per_s, 10)
  assert.deepEqual(await poolRows(clickhouse, WINDOW_MS + MINUTE), [])
  assert.deepEqual(await poolRows(clickhouse, WINDOW_MS + 2 * MINUTE), [])
  assert.equal((await onlyPoolRow(clickhouse, WINDOW_MS + 3 * MINUTE)).output_tokens_per_s, 10)
})

test('the tenants behind a pool are those whose attempts it got, most tokens first; a model of several takes its own', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const sent = (facts: object) =>
    attemptRow({ upstream_kind: 'pool', provider: '', pool: 'gpu-a', response_model: 'llama-70b', is_sole_row: true, ...facts })
  await insertSamples(clickhouse, [
    engineRow({ sampled_at: at(0), kv_cache_use_ratio: 0.5 }),
    engineRow({ pool: 'gpu-b', model: 'llama-70b', sampled_at: at(0), kv_cache_use_ratio: 0.5 }),
    engineRow({ pool: 'gpu-b', model: 'qwen-8b', sampled_at: at(0), kv_cache_use_ratio: 0.5 }),
  ])
  await insertAttempts(clickhouse, [
    sent({ tenant_id: 'small', input_tokens: 100, output_tokens: 20 }),
    sent({ tenant_id: 'big', input_tokens: 4_000, output_tokens: 80 }),
    sent({ tenant_id: 'big', input_tokens: 1_000, output_tokens: 0, response_model: 'name-of-the-gateway' }),
    sent({ tenant_id: 'refused', input_tokens: 7, outcome: 'rejected', error_class: 'gateway_rejected' }),
    sent({ tenant_id: 'elsewhere', upstream_kind: 'provider', provider: 'openai', pool: '', input_tokens: 9_999 }),
    sent({ tenant_id: 'small', pool: 'gpu-b', response_model: 'qwen-8b', input_tokens: 60 }),
    sent({ tenant_id: 'big', pool: 'gpu-b', request_model: 'llama-70b', response_model: '', input_tokens: 120 }),
  ])
  await settle(clickhouse)
  const rows = await poolRows(clickhouse)
  assert.deepEqual(
    rows.map(row => [row.pool, row.model, row.attempts, row.arrival_tokens_per_s, row.tenants]),
    [
      [
        'gpu-a',
        'llama-70b',
        3,
        5_200 / 60,
        [
          { tenant_id: 'big', attempts: 2, tokens: 5_080 },
          { tenant_id: 'small', attempts: 1, tokens: 120 },
        ],
      ],
      ['gpu-b', 'llama-70b', 1, 2, [{ tenant_id: 'big', attempts: 1, tokens: 120 }]],
      ['gpu-b', 'qwen-8b', 1, 1, [{ tenant_id: 'small', attempts: 1, tokens: 60 }]],
    ],
  )
})

test('settling twice, and from parts written in another order, gives identical rows', async t => {
  const readings = Array.from({ length: 400 }, (_, n) =>
    engineRow({
      pool: `pool-${n % 3}`,
      endpoint: `10.0.0.${n % 11}:8000`,
      sampled_at: WINDOW_MS - 10 * MINUTE + ((n * 7919) % 660) * SECOND,
      running: ((n * 31) % 17) / 7,
      waiting: ((n * 13) % 5) / 3,
      kv_cache_use_ratio: ((n * 29) % 97) / 101,
      output_tokens_total: (n * 104_729) % 100_003,
      queue_seconds_sum: ((n * 7) % 1_000) / 7,
      queue_seconds_count: n,
    }),
  )
  const results: PoolRow[][] = []
  for (const order of [readings, readings.toReversed()]) {
    const { clickhouse } = await openTestClickHouse(t)
    const step = order === readings ? 400 : 37
    for (let from = 0; from < order.length; from += step) await insertSamples(clickhouse, order.slice(from, from + step))
    await settle(clickhouse)
    results.push(await poolRows(clickhouse))
    await settle(clickhouse)
    results.push(await poolRows(clickhouse))
  }
  assert.equal(results[0]?.length, 3)
  for (const result of results) assert.deepEqual(result, results[0])
})

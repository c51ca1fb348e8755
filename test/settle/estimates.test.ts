import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { AttemptRow } from '../../schemas/attempt.ts'
import { openPriceBookStore } from '../../services/settle/price-book-store.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts, WINDOW_MS } from './attempt-rows.ts'
import { insertPrices, priceRow } from './price-rows.ts'
import { settleWindow } from './settle-one.ts'

let clock = WINDOW_MS
const now = () => ++clock

interface Usage {
  input: number
  output: number
  estimated_input: number
  estimated_output: number
  estimated_cost: string
  list_cost: string
  missing: number
  unpriced: number
}

// Input costs 0.000002 a token, output 0.00001; above 1,000 input tokens ten times that.
const { clickhouse } = await openTestClickHouse({ after })
await insertPrices(clickhouse, [
  priceRow({ unit_price: '0.000002' }),
  priceRow({ unit_price: '0.00001', token_kind: 'output' }),
  priceRow({ unit_price: '0.00002', min_input_tokens: 1_000 }),
  priceRow({ unit_price: '0.0001', min_input_tokens: 1_000, token_kind: 'output' }),
])
const prices = await openPriceBookStore({}, { clickhouse })

/** The usage of one tenant, all its requests together. */
async function usageOf(tenant_id: string): Promise<Usage> {
  const [usage] = await clickhouse.query<Usage>(
    `SELECT sum(input_tokens) AS input, sum(output_tokens) AS output, sum(estimated_input_tokens) AS estimated_input,
       sum(estimated_output_tokens) AS estimated_output, toString(sum(estimated_cost)) AS estimated_cost,
         toString(sum(list_cost)) AS list_cost,
       sum(missing_usage_attempts) AS missing, sum(unpriced_attempts) AS unpriced
     FROM {database}.usage_per_minute_current WHERE tenant_id = {tenant_id:String}`,
    { tenant_id },
  )
  return usage ?? assert.fail()
}

const missing = { usage_quality: 'missing', request_bytes: 401, response_bytes: 800 } as const
const nothing = {
  input: 0,
  output: 0,
  estimated_input: 0,
  estimated_output: 0,
  estimated_cost: '0',
  list_cost: '0',
  missing: 1,
  unpriced: 0,
}

// 401 bytes are 101 tokens begun; 800 bytes of an answer are 200.
const table: [name: string, facts: Partial<AttemptRow>, expected: Partial<Usage>][] = [
  ['a plain answer: a token per 4 bytes each way', {}, { estimated_input: 101, estimated_output: 200, estimated_cost: '0.002202' }],
  ['a stream: a token per event', { is_stream: true }, { estimated_input: 101, estimated_output: 4, estimated_cost: '0.000242' }],
  [
    'the client hung up: what had come by then',
    { outcome: 'cancelled', error_class: 'client_cancelled', is_stream: true, response_bytes: 600 },
    { estimated_input: 101, estimated_output: 3, estimated_cost: '0.000232' },
  ],
  [
    'a timeout: the prompt was worked on, no answer came',
    { outcome: 'error', error_class: 'timeout' },
    { estimated_input: 101, estimated_cost: '0.000202' },
  ],
  [
    'a large prompt is priced as one',
    { request_bytes: 4_004 },
    { estimated_input: 1_001, estimated_output: 200, estimated_cost: '0.04002' },
  ],
  [
    'input was reported: only output is estimated',
    { input_tokens: 90 },
    { input: 90, estimated_output: 200, estimated_cost: '0.002', list_cost: '0.00018' },
  ],
  ['a plain failure is not billed', { outcome: 'error', error_class: 'provider_error' }, {}],
  ['a refused connection is not billed', { outcome: 'error', error_class: 'connect_or_reset' }, {}],
  ['nobody bills for a pool', { upstream_kind: 'pool', pool: 'gpu-a', provider: '' }, {}],
  ['never sent upstream', { outcome: 'rejected', error_class: 'gateway_rejected' }, { missing: 0 }],
  ['answered from the cache of the gateway', { response_cache: 'hit' }, { missing: 0 }],
  [
    'no price: estimated tokens, no cost, told as unpriced',
    { request_model: 'x', response_model: 'x' },
    { estimated_input: 101, estimated_output: 200, unpriced: 1 },
  ],
  [
    'usage was reported: nothing is estimated',
    { usage_quality: 'reported', input_tokens: 5 },
    { input: 5, list_cost: '0.00001', missing: 0 },
  ],
]
const cases = [true, false].flatMap(is_sole_row =>
  table.map(([name, facts, expected], n) => ({ tenant_id: `${is_sole_row}-${n}`, is_sole_row, name, facts, expected })),
)
const joined = { tenant_id: 'joined', request_id: 'r', is_sole_row: false }
await insertAttempts(clickhouse, [
  ...cases.map(({ tenant_id, is_sole_row, facts }) => attemptRow({ ...missing, tenant_id, is_sole_row, ...facts })),
  attemptRow({ ...missing, ...joined, attempt_no: 1, outcome: 'error', error_class: 'timeout' }),
  attemptRow({ ...joined, attempt_no: 2, input_tokens: 600, output_tokens: 50 }),
])
await settleWindow(WINDOW_MS, { clickhouse, prices, now })

for (const { tenant_id, is_sole_row, name, expected } of cases) {
  test(`missing usage (${is_sole_row ? 'one line a request' : 'one line an attempt'}) – ${name}`, async () => {
    assert.deepEqual(await usageOf(tenant_id), { ...nothing, ...expected })
  })
}

test('an attempt that timed out took the prompt that its sibling reports', async () => {
  // 600 × 0.000002 + 50 × 0.00001, and 600 × 0.000002 beside it.
  const expected = { input: 600, output: 50, estimated_input: 600, list_cost: '0.0017', estimated_cost: '0.0012' }
  assert.deepEqual(await usageOf('joined'), { ...nothing, ...expected })
})

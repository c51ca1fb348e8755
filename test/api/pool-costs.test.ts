import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { HOUR_OF_TEST, minute, openTestApi } from './fixture.ts'
import { insertPoolCosts, poolShareRow, poolUseRow } from './pool-cost-rows.ts'

const api = await openTestApi({ after })
const half = { period_start: minute('09:30'), model: 'llama-3' }
await insertPoolCosts(
  api.clickhouse,
  [
    poolShareRow('acme', { cost: '0.000000000000000001', gpu_hours: '0.25' }),
    poolShareRow('acme', { ...half, cost: '1.5', gpu_hours: '0.25' }),
    poolShareRow('globex', { cost: '2.5' }),
    poolShareRow('__idle__', { kind: 'idle', model: '', cost: '3' }),
    poolShareRow('__unattributed__', { kind: 'unattributed', model: '', reason: 'no_work', cost: '1' }),
    // Published before, and no longer.
    poolShareRow('gone', { published_version: 0, cost: '99' }),
  ],
  [
    poolUseRow('llama', { warm_up_minutes: 4, minutes_before_work: 12, cold_starts: 1 }),
    poolUseRow('llama', { period_start: minute('09:30'), busy_gpu_hours: '0', measured_gpu_hours: '1', compared_cost: null }),
    poolUseRow('mistral', { input_tokens: 0, output_tokens: 0, measured_gpu_hours: '0', busy_gpu_hours: '0' }),
  ],
)

async function rowsOf(url: string, token = 'fake-operator') {
  const { status, body, text } = await api.get(url, token)
  assert.equal(status, 200, text)
  return body.rows as Record<string, unknown>[]
}

test('an operator sees every share, summed as asked, to the last digit', async () => {
  const rows = await rowsOf(`/v1/pool-costs?${HOUR_OF_TEST}&group_by=tenant_id,kind,reason`)
  assert.deepEqual(
    rows.map(row => [row['tenant_id'], row['kind'], row['reason'], row['cost'], row['gpu_hours'], row['currency']]),
    [
      ['__idle__', 'idle', '', '3', '1', 'USD'],
      ['__unattributed__', 'unattributed', 'no_work', '1', '1', 'USD'],
      ['acme', 'busy', '', '1.500000000000000001', '0.5', 'USD'],
      ['globex', 'busy', '', '2.5', '1', 'USD'],
    ],
  )
  const steps = await rowsOf(`/v1/pool-costs?${HOUR_OF_TEST}&group_by=pool&step=30m&kind=busy`)
  assert.deepEqual(
    steps.map(row => [row['window_start'], row['cost']]),
    [
      ['2026-01-31T09:00:00Z', '2.500000000000000001'],
      ['2026-01-31T09:30:00Z', '1.5'],
    ],
  )
})

test('a tenant sees its own shares and what they come to, nothing of what the pool did', async () => {
  const shares = await rowsOf(`/v1/pool-costs?${HOUR_OF_TEST}`, 'fake-acme')
  assert.deepEqual([...new Set(shares.map(row => row['tenant_id']))], ['acme'])
  const [use = {}, ...more] = await rowsOf(`/v1/pool-use?${HOUR_OF_TEST}`, 'fake-acme')
  assert.deepEqual(more, [])
  const shown = Object.entries(use).filter(([, value]) => value !== null)
  assert.deepEqual(Object.fromEntries(shown), {
    pool: 'llama',
    currency: 'USD',
    cost: '1.500000000000000001',
    busy_cost: '1.500000000000000001',
    idle_cost: '0',
    unattributed_cost: '0',
    gpu_hours: '0.5',
  })
  assert.equal((await api.get(`/v1/pool-costs?${HOUR_OF_TEST}&tenant_id=globex`, 'fake-acme')).status, 403)
})

test('a pool without tokens or readings has no unit cost and no utilisation, and warm-up is told', async () => {
  const [llama, mistral] = await rowsOf(`/v1/pool-use?${HOUR_OF_TEST}`)
  assert.deepEqual([llama?.['warm_up_minutes'], llama?.['minutes_before_work'], llama?.['cold_starts'], llama?.['cost']], [4, 12, 1, '16'])
  assert.deepEqual([mistral?.['utilisation_ratio'], mistral?.['cost_per_million_tokens'], mistral?.['compared_cost']], [null, null, '2'])
})

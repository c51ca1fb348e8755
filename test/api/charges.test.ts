import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Value } from 'typebox/value'
import { chargesReport } from '../../services/api/reports/charges.ts'
import { reportSchema } from '../../services/api/reports/report-schema.ts'
import { chargeRow, driftRow, importTerms } from './charge-rows.ts'
import { HOUR_OF_TEST, insertRows, openTestApi, publish } from './fixture.ts'
import { rowsOfPages } from './pages.ts'

const TERMS = `
time_zone: UTC
tenants:
  - { id: acme, currency: EUR, time_zone: Asia/Kolkata, rate_card: partner }
rate_cards:
  - id: partner
    terms:
      - { id: fifth, match: { token_kind: in* }, discount: 0.2 }
exchange_rates:
  - { from: USD, to: EUR, rate: 0.5, valid_from: 2026-01-01 }
  - { from: USD, to: EUR, rate: 0.25, valid_from: 2026-01-31T09:30:00Z }
pools:
  - pool: llama
`
const pool = {
  upstream_kind: 'pool',
  upstream: 'llama',
  request_model: 'llama-3',
  response_model: 'llama-3',
  price_key: '',
  unit_price: null,
}

const api = await openTestApi({ after })
for (const clock of ['09:00', '09:29', '09:30', '09:31']) await publish(api.clickhouse, clock, 1)
await insertRows(api.clickhouse, 'charges_per_minute', [
  chargeRow('09:00', 'acme'),
  chargeRow('09:29', 'acme', { token_kind: 'output', quantity: 3, unit_price: '0.01', is_wasted: true }),
  chargeRow('09:30', 'acme', { estimate_method: 'from_text' }),
  chargeRow('09:31', 'globex', { quantity: 7, unit_price: '0.000000000000000001', min_input_tokens: 200_000 }),
  chargeRow('09:31', 'globex', { quantity: 1, unit_price: '0.000000000000000001', min_input_tokens: 9 }),
  chargeRow('09:31', 'globex', { quantity: 50, price_key: '', price_version: 0, unit_price: null, request_model: 'new' }),
  chargeRow('09:31', 'globex', { ...pool, quantity: 40 }),
  // Of a version that was never published.
  chargeRow('09:31', 'globex', { settle_version: 2, quantity: 1_000_000 }),
])
await insertRows(api.clickhouse, 'cost_drift_per_minute', [
  driftRow('09:00', 'acme'),
  driftRow('09:30', 'acme', { list_cost: '2.5', reported_cost: '2' }),
  driftRow('09:30', 'globex', { request_model: 'new', unpriced_attempts: 1 }),
  driftRow('09:30', 'globex', { reported_currency: 'EUR' }),
  driftRow('09:31', 'globex', { request_model: 'free', list_cost: '0', reported_cost: '0' }),
])
await importTerms(api.clickhouse, TERMS)

type Row = Record<string, unknown>
async function rowsOf(url: string, token = 'fake-operator'): Promise<Row[]> {
  const { status, body, text } = await api.get(url, token)
  assert.equal(status, 200, text)
  return body.rows
}

test('costs are list, contracted and effective in the tenant’s currency, at the rate of their time', async () => {
  const rows = await rowsOf(`/v1/charges?${HOUR_OF_TEST}&group_by=tenant_id`)
  assert.deepEqual(rows, [
    {
      tenant_id: 'acme',
      currency: 'EUR',
      // 1 USD at 0.5, 0.03 USD at 0.5, 1 USD at 0.25; a fifth off input.
      list_cost: '0.765',
      contracted_cost: '0.615',
      effective_cost: '0.615',
      wasted_cost: '0.015',
      estimated_cost: '0.2',
      quantities: { input: 2000, output: 3 },
      unpriced_quantities: {},
    },
    {
      tenant_id: 'globex',
      currency: 'USD',
      list_cost: '0.000000000000000008',
      contracted_cost: '0.000000000000000008',
      effective_cost: '0.000000000000000008',
      wasted_cost: '0',
      estimated_cost: '0',
      // What runs on the pool is paid by its share, so it is not unpriced.
      quantities: { input: 98 },
      unpriced_quantities: { input: 50 },
    },
  ])
})

test('days are those of the tenant’s calendar, steps those of UTC', async () => {
  await publish(api.clickhouse, '18:30', 1)
  await insertRows(api.clickhouse, 'charges_per_minute', [chargeRow('18:30', 'acme'), chargeRow('18:30', 'globex')])
  const range = 'from=2026-01-31T00:00:00Z&to=2026-02-01T00:00:00Z'
  const days = await rowsOf(`/v1/charges?${range}&group_by=tenant_id,day`)
  assert.deepEqual(
    days.map(row => [row['tenant_id'], row['day'], row['list_cost']]),
    [
      // 18:30 UTC is midnight in Kolkata.
      ['acme', '2026-01-31', '0.765'],
      ['acme', '2026-02-01', '0.25'],
      ['globex', '2026-01-31', '1.000000000000000008'],
    ],
  )
  const steps = await rowsOf(`/v1/charges?${HOUR_OF_TEST}&group_by=none&step=30m&tenant_id=acme`)
  assert.deepEqual(
    steps.map(row => [row['window_start'], row['list_cost']]),
    [
      ['2026-01-31T09:00:00Z', '0.515'],
      ['2026-01-31T09:30:00Z', '0.25'],
    ],
  )
})

test('pages hold every row once, in the order of the groups, whatever their types; rows fit the schema', async () => {
  const rows = await rowsOf(`/v1/charges?${HOUR_OF_TEST}`)
  assert.deepEqual(
    rows.map(row => [row['tenant_id'], row['request_model'], row['min_input_tokens'], row['token_kind'], row['is_wasted']]),
    [
      ['acme', 'gpt-4o', 0, 'input', false],
      ['acme', 'gpt-4o', 0, 'input', false],
      ['acme', 'gpt-4o', 0, 'output', true],
      ['globex', 'gpt-4o', 9, 'input', false],
      ['globex', 'gpt-4o', 200_000, 'input', false],
      ['globex', 'llama-3', 0, 'input', false],
      ['globex', 'new', 0, 'input', false],
    ],
  )
  for (const limit of [1, 2]) assert.deepEqual(await rowsOfPages(api, `/v1/charges?${HOUR_OF_TEST}`, 'fake-operator', limit), rows)
  const schema = (reportSchema(chargesReport).response as Record<number, { properties: { rows: { items: object } } }>)[200]
  for (const row of rows) assert.ok(Value.Check(schema?.properties.rows.items as never, row), JSON.stringify(row))
})

test('a tenant reads its own charges, and filters choose', async () => {
  const own = await rowsOf(`/v1/charges?${HOUR_OF_TEST}&group_by=tenant_id`, 'fake-globex')
  assert.deepEqual(
    own.map(row => row['tenant_id']),
    ['globex'],
  )
  assert.equal((await api.get(`/v1/charges?${HOUR_OF_TEST}&tenant_id=acme`, 'fake-globex')).status, 403)
  const [output] = await rowsOf(`/v1/charges?${HOUR_OF_TEST}&group_by=none&token_kind=output`)
  assert.deepEqual(output?.['quantities'], { output: 3 })
})

test('a time without an exchange rate is no figure but an error that says so, to those whom it concerns', async () => {
  const window_start = Date.parse('2025-12-31T00:00:00Z') / 1000
  await insertRows(api.clickhouse, 'settled_windows', [{ window_start, settle_version: 1, settled_at: window_start * 1000 }])
  await insertRows(api.clickhouse, 'charges_per_minute', [
    chargeRow('09:00', 'acme', { window_start }),
    chargeRow('09:00', 'globex', { window_start }),
  ])
  const url = '/v1/charges?from=2025-12-31T00:00:00Z&to=2025-12-31T01:00:00Z&group_by=none'
  const { status, body } = await api.get(url, 'fake-acme')
  assert.deepEqual([status, body.code], [500, 'EXCHANGE_RATE_MISSING'])
  const [globex] = await rowsOf(url, 'fake-globex')
  assert.equal(globex?.['list_cost'], '1')
})

test('drift compares like with like, by model', async () => {
  const rows = await rowsOf(`/v1/charges/drift?${HOUR_OF_TEST}&group_by=request_model`)
  assert.deepEqual(
    rows.map(row => [
      row['request_model'],
      row['reported_currency'],
      row['list_cost'],
      row['reported_cost'],
      row['difference'],
      row['ratio'],
    ]),
    [
      ['free', 'USD', '0', '0', '0', null],
      ['gpt-4o', 'EUR', '10', '8', null, null],
      ['gpt-4o', 'USD', '12.5', '10', '2.5', '1.25'],
      ['new', 'USD', '10', '8', null, null],
    ],
  )
})

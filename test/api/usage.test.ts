import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Value } from 'typebox/value'
import { reportSchema } from '../../services/api/reports/report-schema.ts'
import { usageReport } from '../../services/api/reports/usage.ts'
import { HOUR_OF_TEST, insertRows, openTestApi, publish, usageRow } from './fixture.ts'
import { rowsOfPages } from './pages.ts'

const api = await openTestApi({ after })
await insertRows(api.clickhouse, 'usage_per_minute', [
  usageRow('09:00', 'acme', {
    requests: 3,
    successful_requests: 2,
    attempts: 4,
    attempts_reported: 5,
    unseen_attempts: 1,
    input_tokens: 1000,
    cached_input_tokens: 400,
    output_tokens: 70,
    reasoning_tokens: 20,
    input_cost: '0.0015',
    cached_input_cost: '0.0005',
    output_cost: '0.0005',
    reasoning_cost: '0.0002',
    list_cost: '0.0027',
  }),
  usageRow('09:04', 'acme', {
    requests: 4,
    successful_requests: 4,
    attempts: 4,
    attempts_reported: 4,
    input_tokens: 7,
    list_cost: '0.000000000000000001',
  }),
  usageRow('09:05', 'acme', {
    route: 'embed',
    requests: 1,
    successful_requests: 0,
    attempts: 1,
    attempts_reported: 1,
    unpriced_attempts: 1,
    unpriced_tokens: 9,
  }),
  usageRow('09:59', 'acme', { currency: 'EUR', requests: 1, successful_requests: 1, attempts: 1, attempts_reported: 1, list_cost: '3' }),
  usageRow('09:05', 'globex', {
    upstream_kind: 'pool',
    upstream: 'llama',
    request_model: 'llama-3',
    response_model: 'llama-3',
    requests: 2,
    successful_requests: 2,
    attempts: 2,
    attempts_reported: 2,
    unpriced_attempts: 2,
    unpriced_tokens: 50,
  }),
  // Written, but never published or already replaced: must not be read.
  usageRow('09:00', 'acme', { settle_version: 9, requests: 1_000_000 }),
  usageRow('09:10', 'acme', { settle_version: 1, requests: 500 }),
  usageRow('09:10', 'acme', {
    settle_version: 2,
    requests: 11,
    successful_requests: 11,
    attempts: 11,
    attempts_reported: 11,
    list_cost: '1.1',
  }),
  usageRow('10:00', 'acme', { requests: 7 }),
])
for (const clock of ['09:00', '09:04', '09:05', '09:59', '10:00']) await publish(api.clickhouse, clock, 1)
await publish(api.clickhouse, '09:10', 1)
await publish(api.clickhouse, '09:10', 2)

test('sums match a hand count, money to the last decimal, currencies apart', async () => {
  const { status, body } = await api.get(`/v1/usage?${HOUR_OF_TEST}&group_by=tenant_id`, 'fake-operator')
  assert.equal(status, 200)
  assert.equal(body.step, null)
  assert.equal(body.next_cursor, null)
  const [eur, usd, globex] = body.rows
  assert.deepEqual([eur.tenant_id, eur.currency, eur.requests, eur.list_cost], ['acme', 'EUR', 1, '3'])
  assert.deepEqual(
    [usd.tenant_id, usd.currency, usd.requests, usd.successful_requests, usd.attempts, usd.attempts_reported, usd.unseen_attempts],
    ['acme', 'USD', 3 + 4 + 1 + 11, 2 + 4 + 0 + 11, 4 + 4 + 1 + 11, 5 + 4 + 1 + 11, 1],
  )
  assert.deepEqual([usd.input_tokens, usd.cached_input_tokens, usd.output_tokens, usd.reasoning_tokens], [1007, 400, 70, 20])
  assert.equal(usd.list_cost, '1.102700000000000001')
  // 1.102700000000000001 / 17 = 0.0648647058823529412…
  assert.equal(usd.cost_per_successful_request, '0.064864705882352941')
  assert.deepEqual([globex.tenant_id, globex.requests, globex.list_cost], ['globex', 2, '0'])
  assert.equal(body.rows.length, 3)
})

test('cost per success is null when nothing succeeded or nothing had a price, since unpriced is not free', async () => {
  const embed = await api.get(`/v1/usage?${HOUR_OF_TEST}&route=embed`, 'fake-operator')
  assert.equal(embed.body.rows[0].cost_per_successful_request, null)
  const unpriced = await api.get(`/v1/usage?${HOUR_OF_TEST}&tenant_id=globex`, 'fake-operator')
  assert.equal(unpriced.body.rows[0].cost_per_successful_request, null)
  assert.equal(unpriced.body.rows[0].unpriced_tokens, 50)
})

test('only the current version of a window is read', async () => {
  const { body } = await api.get('/v1/usage?from=2026-01-31T09:10:00Z&to=2026-01-31T09:11:00Z', 'fake-operator')
  assert.deepEqual(
    body.rows.map((row: { requests: number }) => row.requests),
    [11],
  )
})

test('the default is the last hour at full grain', async () => {
  const { body } = await api.get('/v1/usage', 'fake-operator')
  assert.deepEqual([body.from, body.to], ['2026-01-31T09:00:00Z', '2026-01-31T10:00:00Z'])
  assert.deepEqual(Object.keys(body.rows[0]).slice(0, 8), [
    'tenant_id',
    'route',
    'request_model',
    'response_model',
    'upstream_kind',
    'upstream',
    'service_tier',
    'currency',
  ])
  assert.equal(body.rows.length, 4)
})

test('steps start at multiples of the step in UTC, whatever zone the range is given in', async () => {
  const { body } = await api.get(
    '/v1/usage?from=2026-01-31T10:00:00%2B01:00&to=2026-01-31T11:00:00%2B01:00&step=5m&group_by=none',
    'fake-operator',
  )
  assert.equal(body.step, 'PT5M')
  assert.deepEqual(
    body.rows.map((row: Record<string, unknown>) => [row['window_start'], row['currency'], row['requests']]),
    [
      ['2026-01-31T09:00:00Z', 'USD', 7],
      ['2026-01-31T09:05:00Z', 'USD', 3],
      ['2026-01-31T09:10:00Z', 'USD', 11],
      ['2026-01-31T09:55:00Z', 'EUR', 1],
    ],
  )
  const day = await api.get('/v1/usage?from=2026-01-31T00:00:00Z&to=2026-02-01T00:00:00Z&step=P1D&group_by=none', 'fake-operator')
  assert.deepEqual(
    day.body.rows.map((row: Record<string, unknown>) => [row['window_start'], row['requests']]),
    [
      ['2026-01-31T00:00:00Z', 1],
      ['2026-01-31T00:00:00Z', 28],
    ],
  )
  const week = await api.get('/v1/usage?from=2026-01-31T00:00:00Z&to=2026-02-01T00:00:00Z&step=1w&group_by=none', 'fake-operator')
  assert.equal(week.body.rows[0].window_start, '2026-01-26T00:00:00Z', 'weeks begin on Monday')
})

test('to is exclusive and from inclusive, to the millisecond', async () => {
  const requests = async (range: string) =>
    (await api.get(`/v1/usage?${range}&group_by=none`, 'fake-operator')).body.rows.map((row: { requests: number }) => row.requests)
  assert.deepEqual(await requests('from=2026-01-31T10:00:00Z&to=2026-01-31T10:01:00Z'), [7])
  assert.deepEqual(await requests('from=2026-01-31T09:59:30Z&to=2026-01-31T10:00:00Z'), [])
  assert.deepEqual(await requests('from=2026-01-31T10:00:00.001Z&to=2026-01-31T10:30:00Z'), [])
  assert.deepEqual(await requests('from=2026-01-31T09:59:59.999Z&to=2026-01-31T10:00:00.001Z'), [7])
})

test('an empty range is an empty list, not an error', async () => {
  for (const query of ['', '&group_by=none', '&step=1h', '&group_by=none&step=1h']) {
    const { status, body } = await api.get(`/v1/usage?from=2025-01-01T00:00:00Z&to=2025-01-01T01:00:00Z${query}`, 'fake-operator')
    assert.deepEqual([status, body.rows, body.next_cursor], [200, [], null])
  }
})

test('filters choose by exact value; a repeated one means any of its values', async () => {
  const tenants = async (query: string) =>
    (await api.get(`/v1/usage?${HOUR_OF_TEST}&group_by=tenant_id,route&${query}`, 'fake-operator')).body.rows.map(
      (row: Record<string, string>) => `${row['tenant_id']}/${row['route']}/${row['currency']}`,
    )
  assert.deepEqual(await tenants('pool=llama'), ['globex/chat/USD'])
  assert.deepEqual(await tenants('provider=llama'), [])
  assert.deepEqual(await tenants('model=gpt-4o&route=chat'), ['acme/chat/EUR', 'acme/chat/USD'])
  assert.deepEqual(await tenants('model=gpt'), [])
  assert.deepEqual(await tenants('tenant_id=globex&tenant_id=acme&route=embed'), ['acme/embed/USD'])
  assert.deepEqual(await tenants('tenant_id='), [])
})

test('rows are exactly what the OpenAPI document describes', async () => {
  const { body } = await api.get(`/v1/usage?${HOUR_OF_TEST}&step=1h`, 'fake-operator')
  const schema = (reportSchema(usageReport).response as Record<number, never>)[200]
  assert.deepEqual(Value.Errors(schema as never, body), [])
  assert.ok(body.rows.length > 0)
})

test('the pages of any limit hold every row once, in the same order', async () => {
  for (const query of ['', '&step=1m', '&step=5m&group_by=tenant_id']) {
    const whole = await api.get(`/v1/usage?${HOUR_OF_TEST}${query}`, 'fake-operator')
    const pages = await rowsOfPages(api, `/v1/usage?${HOUR_OF_TEST}${query}`, 'fake-operator', 1)
    assert.deepEqual(pages, whole.body.rows)
  }
})

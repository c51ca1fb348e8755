import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Value } from 'typebox/value'
import { budgetSchema } from '../../services/api/reports/budgets.ts'
import { chargeRow, importTerms } from './charge-rows.ts'
import { insertRows, openTestApi, publish } from './fixture.ts'

const TERMS = `
exchange_rates: [{ from: USD, to: EUR, rate: 0.5, valid_from: 2026-01-01 }]
tenants: [{ id: acme, team: red, time_zone: Asia/Kolkata }, { id: globex, team: red }]
budgets:
  - { id: own, scope: { tenant_id: acme }, amount: 0.4, currency: EUR, period: month }
  - { id: chat-of-acme, scope: { tenant_id: acme, route: chat }, amount: 100, currency: USD, period: month }
  - { id: theirs, scope: { tenant_id: globex }, amount: 100, currency: USD, period: month }
  - { id: every-a, scope: { tenant_id: a* }, amount: 100, currency: USD, period: month }
  - { id: star, scope: { tenant_id: '*' }, amount: 100, currency: USD, period: month }
  - { id: team, scope: { team: red }, amount: 100, currency: USD, period: month }
  - { id: all, amount: 100, currency: USD, period: month }
  - { id: yen, scope: { tenant_id: acme }, amount: 7, currency: JPY, period: month }
  - { id: over, scope: { tenant_id: acme }, amount: 7, currency: USD, period: month, valid_to: 2026-01-01 }
`

const api = await openTestApi({ after })
const before = await api.get('/v1/budgets', 'fake-operator')
await publish(api.clickhouse, '09:00', 1)
await insertRows(api.clickhouse, 'charges_per_minute', [
  // 1,000 tokens at 0.001 USD: 1 USD; of globex seven.
  chargeRow('09:00', 'acme'),
  chargeRow('09:00', 'globex', { quantity: 7000 }),
  // Of a version that was never published.
  chargeRow('09:00', 'acme', { settle_version: 2, quantity: 1_000_000 }),
])
await importTerms(api.clickhouse, TERMS)

type Row = Record<string, unknown>
async function budgetsOf(query: string, token: string): Promise<Row[]> {
  const { status, body, text } = await api.get(`/v1/budgets${query}`, token)
  assert.equal(status, 200, text)
  return body.budgets
}
const names = (rows: readonly Row[]) => rows.map(row => row['budget'])

test('without budgets the list is empty', () => {
  assert.deepEqual([before.status, before.body], [200, { as_of: '2026-01-31T09:59:30.000Z', terms_version: 0, budgets: [] }])
})

test('an operator reads every budget in force, in the order of the terms, as the schema says', async () => {
  const rows = await budgetsOf('', 'fake-operator')
  assert.deepEqual(
    rows.map(row => [row['budget'], row['state'], row['spent']]),
    [
      ['own', 'exhausted', '0.5'],
      ['chat-of-acme', 'ok', '1'],
      ['theirs', 'ok', '7'],
      ['every-a', 'ok', '1'],
      ['star', 'ok', '8'],
      ['team', 'ok', '8'],
      ['all', 'ok', '8'],
      ['yen', 'unknown', null],
    ],
  )
  assert.match(String(rows.at(-1)?.['fault']), /USD to JPY/)
  for (const row of rows) {
    assert.ok(Value.Check(budgetSchema, row), JSON.stringify(row))
    assert.deepEqual(Object.keys(row).sort(), Object.keys(budgetSchema.properties).sort())
  }
})

test('a tenant reads the budgets of itself alone: those of teams, patterns and all tell what others spend', async () => {
  const own = await budgetsOf('', 'fake-acme')
  assert.deepEqual(names(own), ['own', 'chat-of-acme', 'yen'])
  assert.deepEqual([own[0]?.['time_zone'], own[0]?.['period_start']], ['Asia/Kolkata', '2025-12-31T18:30:00.000Z'])
  assert.deepEqual(names(await budgetsOf('', 'fake-globex')), ['theirs'])
  assert.deepEqual(names(await budgetsOf('', 'fake-both')), ['own', 'chat-of-acme', 'theirs', 'yen'])
})

test('tenant_id chooses by the scope as the terms write it; another’s is refused', async () => {
  assert.deepEqual(names(await budgetsOf('?tenant_id=globex', 'fake-operator')), ['theirs'])
  assert.deepEqual(names(await budgetsOf('?tenant_id=a*', 'fake-operator')), ['every-a'])
  assert.deepEqual(names(await budgetsOf('?tenant_id=globex', 'fake-both')), ['theirs'])
  for (const query of ['tenant_id=globex', 'tenant_id=acme&tenant_id=globex', 'tenant_id=', 'tenant_id=*', 'tenant_id=a*']) {
    const { status, body } = await api.get(`/v1/budgets?${query}`, 'fake-acme')
    assert.deepEqual([status, body.code], [403, 'API_FORBIDDEN'], query)
  }
})

test('no token, a sender’s token and an unknown parameter are refused', async () => {
  assert.equal((await api.get('/v1/budgets')).status, 401)
  assert.equal((await api.get('/v1/budgets', 'fake-sender')).status, 403)
  const { status, body } = await api.get('/v1/budgets?from=2026-01-01', 'fake-operator')
  assert.deepEqual([status, body.code], [400, 'API_REQUEST_INVALID'])
  assert.match(body.detail, /"from" is no parameter here, expected tenant_id/)
})

test('the OpenAPI document tells of the endpoint', async () => {
  const { body } = await api.get('/openapi.json')
  const { get } = body.paths['/v1/budgets']
  assert.deepEqual(
    get.parameters.map((parameter: { name: string }) => parameter.name),
    ['tenant_id'],
  )
  assert.deepEqual(Object.keys(get.responses), ['200', '400', '401', '403', '429', '500', '503'])
})

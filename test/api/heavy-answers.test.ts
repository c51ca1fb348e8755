import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { closeStatements } from '../../services/money/statements/close.ts'
import { readFacts } from '../../services/money/statements/read-facts.ts'
import { planTerms, storeTerms } from '../../services/money/terms/terms-store.ts'
import { closeConfig, closeDeps, givePrices, NOW_MS, sendLines, settle } from '../money/statements/closing-fixture.ts'
import { openTestApi } from './fixture.ts'

test('drafts of one token are made one at a time, and a token of which many wait is told; another has its own', async t => {
  const { clickhouse, get } = await openTestApi(t)
  await givePrices(clickhouse)
  const draft = (token: string, tenant: string) => get(`/v1/statements/draft?tenant_id=${tenant}&month=2026-10`, token)
  const asked = await Promise.all([...Array.from({ length: 12 }, () => draft('fake-acme', 'acme')), draft('fake-globex', 'globex')])
  const statuses = asked.map(({ status }) => status)
  assert.equal(statuses.pop(), 200)
  assert.ok(statuses.includes(200) && statuses.includes(429), statuses.join())
  assert.equal(asked.find(({ status }) => status === 429)?.body.code, 'API_OVERLOADED')
  assert.equal((await draft('fake-acme', 'acme')).status, 200)
  const refused = statuses.filter(status => status === 429).length
  assert.ok((await get('/metrics')).text.includes(`api_requests_rejected_total{reason="overloaded",service="api"} ${refused}\n`))
})

test('a month of 100,000 models is refused as a draft and a page, and written piece by piece as CSV once it is closed', async t => {
  const { clickhouse, get } = await openTestApi(t)
  await givePrices(clickhouse)
  await settle(clickhouse, await sendLines(clickhouse, [{ tokens: 1_000_000 }, { tokens: 1, tenant: 'globex' }]))
  const rest = (
    await clickhouse.query<{ name: string }>(
      `SELECT name FROM system.columns
       WHERE database = {db:String} AND table = 'charges_per_minute' AND name NOT IN ('response_model')`,
      { db: clickhouse.database },
    )
  ).map(({ name }) => name)
  const multiply = async (models: number) =>
    await clickhouse.command(
      `INSERT INTO {database}.charges_per_minute (${rest.join(', ')}, response_model)
       SELECT ${rest.join(', ')}, concat('model-', toString(number)) AS response_model
       FROM {database}.charges_per_minute AS c ARRAY JOIN range({models:UInt32}) AS number
       WHERE tenant_id = 'acme' AND c.response_model = 'gpt-4o'`,
      { models },
    )
  await multiply(100_000)
  const draft = (tenant: string) => get(`/v1/statements/draft?tenant_id=${tenant}&month=2026-10`, `fake-${tenant}`)
  const refused = await draft('acme')
  assert.deepEqual([refused.status, refused.body.code], [400, 'STATEMENT_TOO_LARGE'])
  assert.match((await get('/metrics')).text, /api_requests_rejected_total\{reason="too_large",service="api"\} 1\n/)
  assert.equal((await draft('globex')).status, 200, 'another tenant has its draft')

  await clickhouse.command("DELETE FROM {database}.charges_per_minute WHERE startsWith(response_model, 'model-')")
  await multiply(25_100)
  const [outcome] = await closeStatements(closeConfig(), closeDeps(clickhouse, { readFacts, now: () => NOW_MS }))
  const id = outcome?.statement?.statement_id
  for (const format of ['json', 'html']) {
    const answer = await get(`/v1/statements/${id}?format=${format}`, 'fake-acme')
    assert.equal(answer.body.code, 'STATEMENT_TOO_LARGE', format)
  }
  const csv = await get(`/v1/statements/${id}?format=csv`, 'fake-acme')
  const rows = parse(csv.text, { columns: true }) as Record<string, string>[]
  assert.equal(rows.length, outcome?.statement?.lines.length)
  assert.deepEqual(
    rows.map(row => row['line_no']),
    rows.map((_, index) => String(index + 1)),
  )
})

test('an export names the tenant whose draft cannot be made and has the others; nobody else’s draft is touched', async t => {
  const { clickhouse, get } = await openTestApi(t)
  await givePrices(clickhouse)
  await settle(clickhouse, await sendLines(clickhouse, [{ tokens: 1_000_000 }, { tokens: 2_000_000, tenant: 'globex' }]))
  // No rate from the dollars of the price list.
  const plan = await planTerms('tenants:\n  - { id: acme, currency: CHF }\n', 'terms.yaml', NOW_MS, clickhouse)
  await storeTerms(
    'tenants:\n  - { id: acme, currency: CHF }\n',
    plan,
    { kind: 'import', imported_by: 'test', reason: '', source: '' },
    clickhouse,
  )
  const all = await get('/v1/export/focus?month=2026-10', 'fake-operator')
  assert.deepEqual([all.status, all.headers['weir-left-out']], [200, 'acme'])
  const rows = parse(all.text, { columns: true }) as Record<string, string>[]
  assert.deepEqual([...new Set(rows.map(row => row['BillingAccountId']))], ['globex'])
  assert.equal((await get('/v1/statements/draft?tenant_id=globex&month=2026-10', 'fake-globex')).body.payable, '5')
  const own = await get('/v1/export/focus?month=2026-10', 'fake-acme')
  assert.deepEqual([own.status, own.body.code], [500, 'EXCHANGE_RATE_MISSING'])
  assert.equal((await get('/v1/export/focus?month=2026-10&focus_version=1.4', 'fake-operator')).body.code, 'API_REQUEST_INVALID')
})

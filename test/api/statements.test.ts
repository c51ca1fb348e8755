import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { closeStatements } from '../../services/money/statements/close.ts'
import { readFacts } from '../../services/money/statements/read-facts.ts'
import { closeConfig, closeDeps, givePrices, NOW_MS, sendLines, settle } from '../money/statements/closing-fixture.ts'
import { openTestApi } from './fixture.ts'

test('statements are listed, read in three formats and drafted; a tenant sees its own, and no volumes of others', async t => {
  const { clickhouse, get } = await openTestApi(t)
  await givePrices(clickhouse)
  const lines = [{ tokens: 3_000_000 }, { tokens: 1_000_000, tenant: 'globex', model: '<script>alert(1)</script>' }]
  const november = { tokens: 2_000_000, at: Date.UTC(2026, 10, 2) }
  await settle(clickhouse, await sendLines(clickhouse, [...lines, november]))
  const outcomes = await closeStatements(
    closeConfig({ tenants: ['acme', 'globex'] }),
    closeDeps(clickhouse, { readFacts, now: () => NOW_MS }),
  )
  const [acme, globex] = outcomes.map(outcome => outcome.statement?.statement_id as string)

  const all = await get('/v1/statements?month=2026-10', 'fake-operator')
  assert.deepEqual(
    all.body.statements.map((one: { tenant_id: string; payable: string }) => [one.tenant_id, one.payable]),
    [
      ['globex', '2.5'],
      ['acme', '7.5'],
    ],
  )
  assert.equal(all.body.statements[0].basis.lines_received, 2)
  const rest = await get(`/v1/statements?after=${globex}`, 'fake-operator')
  assert.deepEqual([rest.body.statements.length, rest.body.statements[0].statement_id, rest.body.next_after], [1, acme, null])
  assert.equal((await get(`/v1/statements?after=${globex}`, 'fake-acme')).body.code, 'API_REQUEST_INVALID', 'of another tenant')
  const own = await get('/v1/statements', 'fake-acme')
  assert.deepEqual(
    own.body.statements.map((one: { statement_id: string }) => one.statement_id),
    [acme],
  )
  assert.deepEqual(own.body.statements[0].basis, {
    price_version: 1,
    terms_version: 1,
    raw_rows: 1,
    requests: 1,
    attempts: 1,
    corrected: [],
    is_complete: true,
  })

  const json = await get(`/v1/statements/${acme}`, 'fake-acme')
  assert.equal(json.body.lines[0].precise_cost, '7.5')
  assert.equal(json.body.period_start, '2026-10-01T00:00:00Z')
  const csv = await get(`/v1/statements/${acme}?format=csv`, 'fake-acme')
  assert.match(csv.text, /^statement_id,status,.*billed_cost\r\n2026-10-acme-822b33ad,closed,acme,.*,7\.5\r\n$/)
  const html = await get(`/v1/statements/${globex}?format=html`, 'fake-operator')
  assert.match(String(html.headers['content-type']), /text\/html/)
  assert.match(String(html.headers['content-security-policy']), /^default-src 'none'; style-src 'unsafe-inline'/)
  for (const answer of [json, csv, html]) assert.equal(answer.headers['x-content-type-options'], 'nosniff')
  assert.ok(html.text.includes('&#60;script&#62;') && !html.text.includes('<script>'))

  const draft = await get('/v1/statements/draft?tenant_id=acme&month=2026-11', 'fake-acme')
  assert.deepEqual([draft.body.status, draft.body.payable, draft.body.closed_at], ['draft', '5', null])
  assert.equal((await get(`/v1/statements/${globex}`, 'fake-acme')).status, 404)
  assert.equal((await get('/v1/statements/draft?tenant_id=globex&month=2026-11', 'fake-acme')).status, 403)
  assert.equal((await get('/v1/statements/draft?tenant_id=nobody&month=2026-11', 'fake-operator')).body.code, 'STATEMENT_TENANT_UNKNOWN')
  assert.equal((await get('/v1/statements/draft?tenant_id=acme&month=2026-13', 'fake-acme')).status, 400)
  assert.equal((await get(`/v1/statements/${acme}?format=pdf`, 'fake-acme')).body.code, 'API_REQUEST_INVALID')
  assert.equal((await get('/v1/statements')).status, 401)
})

test('a month is exported as FOCUS rows: closed as issued, open as a draft; a tenant gets its own', async t => {
  const { clickhouse, get } = await openTestApi(t)
  await givePrices(clickhouse)
  await settle(clickhouse, await sendLines(clickhouse, [{ tokens: 3_000_000 }, { tokens: 1_000_000, tenant: 'globex' }]))
  await closeStatements(closeConfig({ tenants: ['acme'] }), closeDeps(clickhouse, { readFacts, now: () => NOW_MS }))
  const rowsOf = (text: string) => parse(text, { columns: true }) as Record<string, string>[]
  const all = await get('/v1/export/focus?month=2026-10', 'fake-operator')
  assert.match(String(all.headers['content-type']), /text\/csv/)
  assert.deepEqual(
    rowsOf(all.text).map(row => [row['BillingAccountId'], row['InvoiceId'], row['BilledCost']]),
    [
      ['acme', '2026-10-acme-822b33ad', '7.5'],
      ['globex', '', '2.5'],
    ],
  )
  const own = await get('/v1/export/focus?month=2026-10&split_cost=true', 'fake-acme')
  assert.deepEqual(
    rowsOf(own.text).map(row => [row['BillingAccountId'], row['AllocatedMethodId']]),
    [['acme', '']],
  )
  const parquet = await get('/v1/export/focus?month=2026-10&format=parquet', 'fake-acme')
  assert.deepEqual([parquet.status, parquet.text.slice(0, 4)], [200, 'PAR1'])
  assert.equal((await get('/v1/export/focus?month=2026-10&tenant_id=globex', 'fake-acme')).status, 403)
  assert.equal((await get('/v1/export/focus?month=2026-10&format=xlsx', 'fake-acme')).status, 400)
  assert.equal((await get('/v1/export/focus', 'fake-acme')).status, 400)
  assert.equal((await get('/v1/export/focus?month=2026-10')).status, 401)
})

test('the list of statements comes in pages: each once, newest first, however many; a tenant pages through its own', async t => {
  const { clickhouse, get } = await openTestApi(t)
  await clickhouse.command(
    `INSERT INTO {database}.statements (statement_id, version, tenant_id, month, time_zone, currency)
     SELECT concat('s-', toString(number)) AS statement_id, 1 AS version,
       if(number % 3 = 0, 'acme', concat('t-', toString(number))) AS tenant_id,
       formatDateTime(toDate('2000-01-01') + INTERVAL number % 600 MONTH, '%Y-%m') AS month, 'UTC' AS time_zone, 'USD' AS currency
     FROM numbers(1800)`,
  )
  for (const [token, wanted] of [
    ['fake-operator', 1_800],
    ['fake-acme', 600],
  ] as const) {
    const seen: { statement_id: string; month: string }[] = []
    const sizes: number[] = []
    for (let after: string | null = ''; after !== null; ) {
      const page: { statements: typeof seen; next_after: string | null } = (await get(`/v1/statements${after && `?after=${after}`}`, token))
        .body
      seen.push(...page.statements)
      sizes.push(page.statements.length)
      after = page.next_after
    }
    assert.deepEqual(sizes, wanted === 600 ? [500, 100] : [500, 500, 500, 300])
    assert.equal(new Set(seen.map(({ statement_id }) => statement_id)).size, wanted)
    const months = seen.map(({ month }) => month)
    assert.deepEqual(months, months.toSorted().reverse())
  }
})

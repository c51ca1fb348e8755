import assert from 'node:assert/strict'
import { test } from 'node:test'
import { budgetsCommand } from '../../services/cli/budgets/budgets-command.ts'
import { planTerms, storeTerms } from '../../services/money/terms/terms-store.ts'
import { openPriceBookStore } from '../../services/settle/price-book-store.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts, WINDOW_MS } from '../settle/attempt-rows.ts'
import { insertPrices, priceRow } from '../settle/price-rows.ts'
import { settleWindow } from '../settle/settle-one.ts'
import { runTool } from './run-tool.ts'

const terms = `
exchange_rates: [{ from: USD, to: EUR, rate: 0.5, valid_from: 2026-01-01 }]
tenants: [{ id: acme, team: red, time_zone: Asia/Kolkata, rate_card: c }, { id: globex, team: red }, { id: other }]
rate_cards:
  - id: c
    terms: [{ id: half, discount: 0.5 }]
    commitments: [{ id: promise, match: { provider: openai }, amount: 9, currency: USD }]
budgets:
  - { id: acme, scope: { tenant_id: acme }, amount: 100, currency: EUR, period: month }
  - { id: red, scope: { team: red }, amount: 5, currency: USD, period: week }
  - { id: chat, scope: { route: ch* }, amount: 7, currency: USD, period: month }
  - { id: yen, scope: { model: gpt-* }, amount: 7, currency: JPY, period: month }
  - { id: over, amount: 7, currency: USD, period: month, valid_to: 2026-01-01 }
`

test('budgets count what their tenants, teams, routes and models spent, in their currency', async t => {
  const database = await openTestClickHouse(t)
  const { clickhouse } = database
  assert.match((await runTool(budgetsCommand, [], database, { nowMs: WINDOW_MS })).err, /no budget is in force/)
  await insertPrices(clickhouse, [priceRow({ unit_price: '0.000001' })])
  const used = { input_tokens: 2_000_000, started_at: WINDOW_MS }
  await insertAttempts(clickhouse, [
    attemptRow({ tenant_id: 'acme', route: 'chat', ...used }),
    attemptRow({ tenant_id: 'globex', route: 'chat', ...used }),
    attemptRow({ tenant_id: 'other', route: 'batch', ...used }),
  ])
  const prices = await openPriceBookStore({}, { clickhouse })
  let clock = WINDOW_MS
  await settleWindow(WINDOW_MS, { clickhouse, prices, now: () => ++clock })
  const trail = { kind: 'import', imported_by: 'test', reason: '', source: 'test' } as const
  await storeTerms(terms, await planTerms(terms, 'terms.yaml', WINDOW_MS, clickhouse), trail, clickhouse)
  const run = await runTool(budgetsCommand, ['--format', 'json'], database, { nowMs: WINDOW_MS + 60_000 })
  assert.equal(run.code, 0)
  const rows = JSON.parse(run.out) as Record<string, unknown>[]
  assert.deepEqual(
    rows.map(row => [row['budget'], row['state'], row['spent'], row['committed'], row['time_zone']]),
    [
      // 2 million at half the price of one: 1 USD, 0.5 EUR; of 9 USD promised 8 are left.
      ['acme', 'ok', '0.5', '4', 'Asia/Kolkata'],
      // 1 + 2 USD, and the promise of acme.
      ['red', 'at_risk', '3', '8', 'UTC'],
      ['chat', 'at_risk', '3', '0', 'UTC'],
      ['yen', 'unknown', null, null, 'UTC'],
    ],
  )
  assert.match(String(rows[3]?.['fault']), /USD to JPY/)
  const own = await runTool(budgetsCommand, ['--tenant', 'acme'], database, { nowMs: WINDOW_MS + 60_000 })
  assert.match(own.out, /acme/)
  assert.doesNotMatch(own.out, /chat/)
})

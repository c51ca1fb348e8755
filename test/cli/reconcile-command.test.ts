import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { reconcileCommand } from '../../services/cli/reconcile/reconcile-command.ts'
import { openPriceBookStore } from '../../services/settle/price-book-store.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts, WINDOW_MS } from '../settle/attempt-rows.ts'
import { insertPrices, priceRow } from '../settle/price-rows.ts'
import { settleWindow } from '../settle/settle-one.ts'
import { runTool } from './run-tool.ts'

test('weir reconcile explains an invoice by the settled charges of its provider, and stores nothing', async t => {
  const database = await openTestClickHouse(t)
  const { clickhouse } = database
  const folder = mkdtempSync(join(tmpdir(), 'weir-reconcile-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  await insertPrices(clickhouse, [priceRow({ unit_price: '0.000001' })])
  const used = { input_tokens: 2_000_000, started_at: WINDOW_MS }
  await insertAttempts(clickhouse, [
    attemptRow({ tenant_id: 'acme', ...used }),
    attemptRow({ tenant_id: 'globex', ...used }),
    attemptRow({ tenant_id: 'globex', provider: 'anthropic', response_model: 'claude-opus-4-6', ...used }),
  ])
  const prices = await openPriceBookStore({}, { clickhouse })
  let clock = WINDOW_MS
  await settleWindow(WINDOW_MS, { clickhouse, prices, now: () => ++clock })

  const header =
    'ProviderName,BilledCost,BillingCurrency,ChargePeriodStart,ChargeCategory,ChargeDescription,SkuMeter,ConsumedQuantity,ConsumedUnit'
  const row = (currency: string) => `OpenAI,5,${currency},2026-11-24T00:00:00Z,Usage,gpt-4o,Input Tokens,5000000,Tokens`
  const invoice = file('invoice.csv', `${header}\n${row('USD')}\n`)
  const run = await runTool(reconcileCommand, [invoice, '--format', 'json'], database)
  assert.equal(run.code, 0, run.err)
  const report = JSON.parse(run.out) as { invoice_total: string; our_total: string; difference: string; causes: Record<string, string> }
  // Two tenants with 2 million at 1 USD a million; they bill 5 million.
  assert.deepEqual([report.invoice_total, report.our_total, report.difference, report.causes['not_seen']], ['5', '4', '1', '1'])
  const text = await runTool(reconcileCommand, [invoice, '--month', '2026-11'], database)
  assert.match(text.out, /^invoice 5 USD - ours 4 USD = 1 USD\n/)
  assert.match(text.out, /not_seen +1 /)

  // 03:00 UTC is the evening before in Los Angeles, where the invoice's midnight lies as well: the same day again.
  const abroad = await runTool(reconcileCommand, [invoice, '--time-zone', 'America/Los_Angeles', '--format', 'json'], database)
  assert.equal((JSON.parse(abroad.out) as typeof report).our_total, '4')

  const euro = await runTool(reconcileCommand, [file('euro.csv', `${header}\n${row('EUR')}\n`)], database)
  assert.deepEqual([euro.code, euro.out], [1, ''])
  assert.match(euro.err, /no exchange rate from USD to EUR.*add one to exchange_rates/)
  const mixed = await runTool(reconcileCommand, [file('mixed.csv', `${header}\n${row('USD')}\n${row('EUR')}\n`)], database)
  assert.match(mixed.err, /mixed\.csv:3: the currency is EUR, but USD at mixed\.csv:2/)
  const nan = await runTool(reconcileCommand, [file('nan.csv', `${header}\n${row('USD').replace(',5,', ',NaN,')}\n`)], database)
  assert.deepEqual([nan.code, nan.out], [1, ''])
  assert.match(nan.err, /nan\.csv:2: BilledCost: "NaN" is no number/)
  const years = await runTool(
    reconcileCommand,
    [file('years.csv', `${header}\n${row('USD')}\n${row('USD').replace('2026-', '2062-')}\n`)],
    database,
  )
  assert.match(years.err, /from 2026-11-24 to 2062-11-24; expected at most 400 days/)
  assert.equal((await runTool(reconcileCommand, [join(folder, 'absent.csv')], database)).code, 1)
  assert.equal((await runTool(reconcileCommand, [invoice, '--month', '2026-13'], database)).code, 2)
  assert.equal((await runTool(reconcileCommand, [invoice, '--time-zone', 'Nowhere'], database)).code, 2)
  assert.equal((await runTool(reconcileCommand, [invoice, '--format-of-file', 'pdf'], database)).code, 2)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDecimal } from '../../../services/money/decimal.ts'
import { writeAdjustment } from '../../../services/money/statements/adjustment-store.ts'
import { statementContent } from '../../../services/money/statements/canonical.ts'
import { closeStatements } from '../../../services/money/statements/close.ts'
import { readFacts } from '../../../services/money/statements/read-facts.ts'
import type { Statement } from '../../../services/money/statements/statement.ts'
import { verifyStatement } from '../../../services/money/statements/verify.ts'
import type { ClickHouse } from '../../../services/platform/clickhouse/client.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { insertPrices, priceRow } from '../../settle/price-rows.ts'
import { closeConfig, closeDeps, givePrices, importOf, sendLines, settle } from './closing-fixture.ts'
import { noTerms, tenant } from './random-month.ts'

const d = parseDecimal
const terms = { ...noTerms, tenants: [tenant({ id: 'acme', time_zone: 'Asia/Kolkata' })] }
const DECEMBER_MS = Date.UTC(2026, 11, 3)
const at = (day: number, hour = 12) => Date.UTC(2026, 9, day, hour)

async function verified(statement: Statement, clickhouse: ClickHouse) {
  return await verifyStatement(statement.statement_id, {
    ...closeDeps(clickhouse),
    readFacts,
    readTerms: async version => ({ ...terms, version }),
  })
}

async function closed(
  clickhouse: ClickHouse,
  facts: { month?: string; now?: number; price_version?: number; terms_version?: number },
): Promise<Statement> {
  const now = facts.now ?? DECEMBER_MS
  const deps = closeDeps(clickhouse, {
    readFacts,
    now: () => now,
    price_version: facts.price_version ?? 1,
    terms: { ...terms, version: facts.terms_version ?? 1 },
  })
  const [outcome] = await closeStatements(closeConfig({ month: facts.month ?? '2026-10' }), deps)
  if (outcome?.error) throw outcome.error
  return outcome?.statement as Statement
}

test('late rows and a corrected price become corrections that sum to the difference; both statements are proven from raw', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await givePrices(clickhouse)
  // 18:30 UTC is midnight in Kolkata: the last of September there, and the first of November.
  const lines = [
    { at: Date.UTC(2026, 8, 30, 18, 30), tokens: 1_000_000 },
    { at: at(31, 18), tokens: 2_000_000 },
    { at: Date.UTC(2026, 9, 31, 18, 30), tokens: 8_000_000 },
  ]
  await settle(clickhouse, await sendLines(clickhouse, lines))
  const october = await closed(clickhouse, { now: Date.UTC(2026, 10, 1) })
  assert.equal(october.payable, d('7.5'))
  // A redelivery changes nothing that was said.
  await clickhouse.command('INSERT INTO {database}.attempts_raw SELECT * FROM {database}.attempts_raw')
  const first = await verified(october, clickhouse)
  assert.equal(statementContent(first.rebuilt), statementContent(october))
  assert.equal(first.isSame, true)

  // Late: 4 million tokens of 20 October. Corrected: input costs 3 a million from 15 October on.
  await settle(clickhouse, await sendLines(clickhouse, [{ at: at(20), tokens: 4_000_000 }]))
  await insertPrices(clickhouse, [priceRow({ version: 2, unit_price: '0.000003', valid_from: at(15, 0) })])
  await importOf(clickhouse, 2, 'correct', at(15, 0), null)
  const windows = await clickhouse.query<{ start: number }>(
    'SELECT DISTINCT toUnixTimestamp(window_start) AS start FROM {database}.attempts_raw',
  )
  await settle(
    clickhouse,
    windows.map(({ start }) => start * 1000),
    DECEMBER_MS,
  )
  await writeAdjustment(
    {
      adjustment_id: 'adj-1',
      tenant_id: 'acme',
      month: '2026-11',
      amount: d('-1.25'),
      currency: 'USD',
      reason: 'dispute of 3 November',
      corrects_statement: october.statement_id,
      created_by: 'finance',
      created_at_ms: 1,
    },
    clickhouse,
  )
  const november = await closed(clickhouse, { month: '2026-11', price_version: 2 })
  const corrections = november.lines.filter(line => line.charge_class === 'Correction' && line.correction_reason !== 'dispute')
  // October now: 1 million at 2.5, 6 million at 3.
  assert.equal(
    corrections.reduce((sum, line) => sum + line.precise_cost, 0n),
    d('20.5') - d('7.5'),
  )
  assert.equal(
    corrections.reduce((sum, line) => sum + line.quantity, 0n),
    d('4000000'),
  )
  assert.ok(corrections.every(line => line.corrects_statement === october.statement_id))
  assert.deepEqual([...new Set(corrections.map(line => line.correction_reason))].sort(), ['late_rows', 'price'])
  // 8 million at 3, and the dispute.
  assert.equal(november.payable, d('24') + d('13') - d('1.25'))
  assert.deepEqual(november.basis.corrected, [october.statement_id])
  const ownPeriods = november.details.filter(item => item.correction_reason === 'price').map(item => item.charge_period_start_ms)
  assert.ok(ownPeriods.every(start => start >= october.period_start_ms && start < october.period_end_ms))

  // Both are proven, also after further rows and with November's corrections in place.
  await sendLines(clickhouse, [{ at: at(21), tokens: 5 }])
  const proof = await verified(november, clickhouse)
  assert.deepEqual(proof.rebuilt.lines, november.lines)
  assert.equal(proof.isSame, true)
  assert.equal((await verified(october, clickhouse)).isSame, true)
  const databases = await clickhouse.query("SELECT name FROM system.databases WHERE name LIKE '%asof%'")
  assert.deepEqual(databases, [])
})

test('a statement whose raw rows were changed is not reproduced; an unknown id is named', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await givePrices(clickhouse)
  await settle(
    clickhouse,
    await sendLines(clickhouse, [
      { at: at(4), tokens: 1_000_000 },
      { at: at(4), tokens: 3_000_000 },
    ]),
  )
  const october = await closed(clickhouse, {})
  await clickhouse.command('DELETE FROM {database}.attempts_raw WHERE input_tokens = 3000000')
  const proof = await verified(october, clickhouse)
  assert.equal(proof.isSame, false)
  assert.equal(proof.rebuilt.payable, d('2.5'))
  await assert.rejects(verified({ ...october, statement_id: '2026-10-acmf' }, clickhouse), {
    code: 'STATEMENT_UNKNOWN',
    message: /2026-10-acme-/,
  })
})

test('a statement whose raw rows were dropped for their age says so, and whether it is what was issued', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await givePrices(clickhouse)
  await settle(clickhouse, await sendLines(clickhouse, [{ at: at(20), tokens: 4_000_000 }]))
  const october = await closed(clickhouse, { now: Date.UTC(2026, 10, 1) })
  const drop = (day: string) => clickhouse.insert('dropped_days', ['table_name', 'day', 'rows'], [['attempts_raw', day, 1]])
  await drop('2026-09-29')
  await drop('2026-11-02')
  assert.equal((await verified(october, clickhouse)).isSame, true)
  // 18:30 UTC of 30 September is midnight in Kolkata.
  await drop('2026-09-30')
  await assert.rejects(verified(october, clickhouse), {
    code: 'STATEMENT_ROWS_DROPPED',
    message: /1 of its days, the first 2026-09-30.*is what was issued/,
  })
  await clickhouse.command('ALTER TABLE {database}.statement_lines UPDATE billed_cost = 0 WHERE true', {}, { mutations_sync: '2' })
  await assert.rejects(verified(october, clickhouse), { message: /is NOT what was issued/ })
})

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { exportCommand } from '../../../services/cli/export/export-command.ts'
import { parseDecimal } from '../../../services/money/decimal.ts'
import type { FocusRow } from '../../../services/money/focus/columns.ts'
import { focusCsv } from '../../../services/money/focus/csv.ts'
import { focusRows } from '../../../services/money/focus/rows.ts'
import { knownTenants } from '../../../services/money/statements/known-tenants.ts'
import { liveSource } from '../../../services/money/statements/live-source.ts'
import { monthStatements } from '../../../services/money/statements/month-statements.ts'
import type { Statement } from '../../../services/money/statements/statement.ts'
import { runTool } from '../../cli/run-tool.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { settleSimulatedMonth } from '../../journey/simulated-month.ts'
import { randomMonth } from '../statements/random-month.ts'
import { builtStatements } from './built-statements.ts'
import { commitments, details, statementOf } from './hand-made.ts'
import { impossibleRules } from './impossible-rules.ts'
import { openValidator } from './validator.ts'

const statement = statementOf([...details, ...commitments])

/** For the validator InvoiceId has to be there in all rows or in none; drafts are tested in rows.test.ts. */
function close(draft: Statement): Statement {
  return { ...draft, status: 'closed' }
}

// One file, so that the validator is installed once and not by two processes at a time.
test('the official validator finds no failing rule in an export but those that no file can pass', async t => {
  const validator = await openValidator()
  if ('missing' in validator) return t.skip(validator.missing)
  const folder = mkdtempSync(join(tmpdir(), 'weir-focus-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const csv = join(folder, 'export.csv')
  const built = fc.sample(randomMonth, { numRuns: 5, seed: 12 }).flatMap(builtStatements)
  await writeFile(csv, focusCsv([statement, ...built.map(close)].values().flatMap(focusRows), { isSplitCost: false }))
  const verdict = await validator.check(csv, 'ALL')
  assert.deepEqual(
    verdict.failed.filter(rule => !impossibleRules.has(rule)),
    [],
  )
  // Of 578 rules it skips the 210 that it has no code for. A Parquet export holds the same values: parquet.test.ts.
  assert.ok(verdict.passed + verdict.failed.length >= 360, `only ${verdict.passed} rules passed`)
})

test('the demo’s month, exported by the command, has no failing rule either, and bills what its statements say', async t => {
  const database = await openTestClickHouse(t)
  const { clickhouse } = database
  const nowMs = Date.UTC(2026, 9, 20, 12)
  await settleSimulatedMonth(clickhouse, { nowMs, minutes: 2 })
  const folder = mkdtempSync(join(tmpdir(), 'weir-focus-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const csv = join(folder, 'october.csv')
  const run = await runTool(exportCommand, ['focus', '--month', '2026-10', '--out', csv, '--focus-version', '1.3'], database, { nowMs })
  assert.equal(run.code, 0, run.err)
  const rows = parse(readFileSync(csv), { columns: true }) as Record<string, string>[]
  const source = await liveSource(clickhouse, { draftAtMs: nowMs })
  const statements = await Array.fromAsync(
    monthStatements({ month: '2026-10', tenants: await knownTenants(source.terms, clickhouse) }, source),
  )
  for (const { tenant_id, payable, currency } of statements) {
    const own = rows.filter(row => row['BillingAccountId'] === tenant_id)
    assert.equal(
      own.reduce((sum, row) => sum + parseDecimal(row['BilledCost'] ?? ''), 0n),
      payable,
      tenant_id,
    )
    assert.ok(own.every(row => row['BillingCurrency'] === currency && row['InvoiceId'] === ''))
    assert.ok(
      own.every(row => (row['ChargePeriodStart'] ?? '') <= '2026-10-20T12:00:00Z'),
      'nothing is charged before its time',
    )
  }
  assert.ok(statements.length === 9 && rows.length > 60, `${statements.length} statements, ${rows.length} rows`)
  const validator = await openValidator()
  if ('missing' in validator) return t.skip(validator.missing)
  const verdict = await validator.check(csv, 'ALL')
  assert.deepEqual(
    verdict.failed.filter(rule => !impossibleRules.has(rule)),
    [],
  )
})

test('what the validator cannot check of statuses holds', () => {
  const rows: FocusRow[] = [...focusRows(statement)]
  for (const row of rows) {
    const isUsage = row.ChargeCategory === 'Usage'
    assert.equal(row.CapacityReservationStatus !== null, row.CapacityReservationId !== null && isUsage)
    assert.equal(row.CommitmentDiscountStatus !== null, row.CommitmentDiscountId !== null && isUsage)
    assert.ok(row.CommitmentDiscountStatus === null || ['Used', 'Unused'].includes(row.CommitmentDiscountStatus))
  }
  assert.deepEqual(
    rows
      .filter(row => row.CommitmentDiscountId)
      .map(row => [row.ChargeCategory, row.CommitmentDiscountStatus, row.BilledCost, row.EffectiveCost]),
    [
      ['Purchase', null, '500.0', '0.0'],
      ['Usage', 'Used', '0.0', '3.0'],
      ['Usage', 'Unused', '0.0', '497.0'],
    ],
  )
  assert.deepEqual(
    rows.filter(row => row.CapacityReservationId).map(row => [row.CapacityReservationId, row.CapacityReservationStatus]),
    [
      ['pool/llama', 'Used'],
      ['pool/llama', 'Unused'],
      ['pool/llama', 'Unused'],
    ],
  )
})

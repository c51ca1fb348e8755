import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { FocusRow } from '../../../money/focus/columns.ts'
import { focusCsv } from '../../../money/focus/csv.ts'
import { focusParquet } from '../../../money/focus/parquet.ts'
import { focusRows } from '../../../money/focus/rows.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { commitments, details, statementOf } from './hand-made.ts'
import { impossibleRules } from './impossible-rules.ts'
import { openValidator } from './validator.ts'

const statement = statementOf([...details, ...commitments])

// One file, so that the validator is installed once and not by two processes at a time.
test('the official validator finds no failing rule in an export but those that no file can pass', async t => {
  const validator = await openValidator()
  if ('missing' in validator) return t.skip(validator.missing)
  const folder = mkdtempSync(join(tmpdir(), 'weir-focus-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const { clickhouse } = await openTestClickHouse(t, { isMigrated: false })
  const csv = join(folder, 'export.csv')
  await writeFile(csv, focusCsv(focusRows(statement), { isSplitCost: false }))
  const parquet = join(folder, 'export.parquet')
  await writeFile(parquet, await focusParquet(focusRows(statement), { isSplitCost: true }, { clickhouse }))
  for (const file of [csv, parquet]) {
    const verdict = await validator.check(file, 'ALL')
    assert.deepEqual(
      verdict.failed.filter(rule => !impossibleRules.has(rule)),
      [],
      file,
    )
    // Of 578 rules it skips the 210 that it has no code for.
    assert.ok(verdict.passed + verdict.failed.length >= 360, `only ${verdict.passed} rules passed`)
  }
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

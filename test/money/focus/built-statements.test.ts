import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseDecimal } from '../../../services/money/decimal.ts'
import { type FocusRow, focusColumns } from '../../../services/money/focus/columns.ts'
import { focusRows } from '../../../services/money/focus/rows.ts'
import { randomMonth } from '../statements/random-month.ts'
import { builtStatements } from './built-statements.ts'

const sum = (rows: readonly FocusRow[], column: keyof FocusRow) => rows.reduce((all, row) => all + parseDecimal(row[column] ?? '0'), 0n)

test('over random months: billed costs are the payable, commitments are used up, shares of a common cost are a whole', () => {
  const required = focusColumns({ isSplitCost: true, version: '1.3' }).filter(column => !column.isNullable)
  fc.assert(
    fc.property(randomMonth, facts => {
      const statements = builtStatements(facts)
      const all = statements.flatMap(statement => {
        const rows = [...focusRows(statement)]
        assert.equal(sum(rows, 'BilledCost'), statement.payable)
        for (const bought of rows.filter(row => row.ChargeCategory === 'Purchase')) {
          const used = rows.filter(row => row.CommitmentDiscountId === bought.CommitmentDiscountId && row.ChargeCategory === 'Usage')
          assert.equal(sum(used, 'EffectiveCost'), parseDecimal(bought.BilledCost ?? ''))
        }
        return rows
      })
      for (const row of all) {
        for (const { name } of required) assert.notEqual(row[name], null, name)
        for (const kind of ['List', 'Contracted'] as const) {
          const price = row[`${kind}UnitPrice`]
          const cost = Number(row[`${kind}Cost`])
          // The tolerance of the official validator, which multiplies floats.
          if (price !== null) assert.ok(Math.abs(Number(price) * Number(row.PricingQuantity) - cost) <= 1e-9 * Math.max(cost, 1))
        }
      }
      const shared = Map.groupBy(
        all.filter(row => row.AllocatedResourceId?.startsWith('cost/')),
        row => row.AllocatedResourceId,
      )
      for (const rows of shared.values()) {
        const ratios = rows.map(row => /"AllocatedRatio":([\d.]+)/.exec(row.AllocatedMethodDetails ?? '')?.[1] ?? '')
        assert.equal(
          ratios.reduce((whole, ratio) => whole + parseDecimal(ratio), 0n),
          parseDecimal('1'),
        )
      }
    }),
    { numRuns: 200 },
  )
})

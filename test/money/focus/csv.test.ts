import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { parseDecimal } from '../../../services/money/decimal.ts'
import { focusCsv } from '../../../services/money/focus/csv.ts'
import { focusRows } from '../../../services/money/focus/rows.ts'
import { statementsCsv } from '../../../services/money/statements/statement-csv.ts'
import { detail, flat, statementOf } from './hand-made.ts'

test('CSV: amounts are exact, and text that a spreadsheet would run gets an apostrophe, as on statements', async () => {
  // A float reader gets 100.80000000000001.
  const of = detail({ list_unit_price: parseDecimal('0.0000007'), quantity: parseDecimal('144000000'), description: '=cmd|calc' })
  const attack = { tenant_id: '@SUM(A1)', tenant_name: '+1', team: '-2', status: 'closed' as const }
  const credit = flat('-1.5', { charge_category: 'Credit', description: '\tx' })
  let text = ''
  for await (const line of focusCsv(focusRows(statementOf([of, credit], attack)), { isSplitCost: true })) text += line
  const [first, second] = parse(text, { columns: true }) as Record<string, string>[]
  assert.deepEqual(
    ['ListCost', 'ChargeDescription', 'BillingAccountId', 'BillingAccountName', 'SubAccountId'].map(name => first?.[name]),
    ['100.8', "'=cmd|calc", "'@SUM(A1)", "'+1", "'-2"],
  )
  // Numbers stay numbers.
  assert.deepEqual([second?.['BilledCost'], second?.['EffectiveCost']], ['-1.5', '-1.5'])
  const [line] = parse(statementsCsv([statementOf([of], { ...attack, lines: [{ ...of, billed_cost: 0n }] })]), { columns: true }) as Record<
    string,
    string
  >[]
  assert.deepEqual([line?.['description'], line?.['tenant_id'], line?.['list_cost']], ["'=cmd|calc", "'@SUM(A1)", '100.8'])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { parseDecimal } from '../../../services/money/decimal.ts'
import { focusColumns } from '../../../services/money/focus/columns.ts'
import { focusCsv } from '../../../services/money/focus/csv.ts'
import { focusRows } from '../../../services/money/focus/rows.ts'
import { statementsCsv } from '../../../services/money/statements/statement-csv.ts'
import { detail, flat, gpu, statementOf } from './hand-made.ts'

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

test('an export of 1.3 has the columns of 1.2 and those that 1.3 adds: who runs what was used, and the split', () => {
  const namesOf = (shape: Parameters<typeof focusColumns>[0]) => focusColumns(shape).map(({ name }) => name)
  const [older, newer] = [namesOf({ isSplitCost: false }), namesOf({ version: '1.3', isSplitCost: false })]
  const split = ['AllocatedMethodDetails', 'AllocatedMethodId', 'AllocatedResourceId', 'AllocatedResourceName', 'AllocatedTags']
  assert.deepEqual(
    newer.filter(name => !older.includes(name)),
    ['HostProviderName', 'ServiceProviderName', ...split],
  )
  assert.deepEqual(
    older.filter(name => !newer.includes(name)),
    [],
  )
  assert.deepEqual(newer, namesOf({ version: '1.3', isSplitCost: true }))
  const rows = [...focusRows(statementOf([detail(), gpu('9', 'gpu_busy', '0.6', '4.5'), flat('-1.5', { charge_category: 'Credit' })]))]
  assert.deepEqual(
    rows.slice(0, 3).map(row => [row.ServiceProviderName, row.HostProviderName]),
    [
      ['Platform Team', 'openai'],
      ['Platform Team', 'Platform Team'],
      ['Platform Team', 'Not Applicable'],
    ],
  )
})

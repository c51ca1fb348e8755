import { dateOf } from '../../money/budgets/budget-period.ts'
import { budgetRow } from '../../money/budgets/budget-rows.ts'
import { readBudgets } from '../../money/budgets/read-budgets.ts'
import { readTerms } from '../../money/terms/terms-store.ts'
import { type Command, choiceOf, type SubCommand, textOf, timeOf } from '../command.ts'
import { FORMAT_OPTION, renderRows } from '../print.ts'

const show: SubCommand = {
  does: 'shows what is spent of each budget, what is committed, the forecast and when it is used up',
  options: {
    tenant: { value: 'TENANT', does: 'only budgets of this tenant' },
    at: { value: 'ISO', does: 'as of this time (default: now)' },
    ...FORMAT_OPTION,
  },
  async run(given, { print, note, now, openClickHouse }) {
    const format = choiceOf(given, 'format', ['text', 'json'])
    const tenant = textOf(given, 'tenant')
    const nowMs = timeOf(given, 'at') ?? now()
    await using clickhouse = await openClickHouse()
    note(`reading ${clickhouse.place}`)
    const terms = await readTerms(clickhouse)
    const isWanted = (budget: { scope: { tenant_id: string } }) => tenant === undefined || budget.scope.tenant_id === tenant
    const rows = (await readBudgets(terms, { nowMs, isWanted }, { clickhouse })).map(budgetRow)
    if (rows.length === 0) note('no budget is in force: budgets stand in the billing terms (docs/terms.md)')
    print(format === 'json' ? renderRows(rows, format) : renderRows(rows.map(shortRow), format))
    return 0
  },
}

function shortRow(row: ReturnType<typeof budgetRow>) {
  const { budget, state, period, currency, exhausted_on, fault } = row
  const cents = (text: string | null) => (text === null ? null : text.replace(/(\.\d{2})\d+$/, '$1'))
  return {
    budget,
    state,
    // A month begins on its first, in its own zone.
    period: `${period} from ${dateOf(Date.parse(row.period_start), row.time_zone)}`,
    currency,
    amount: cents(row.amount),
    spent: cents(row.spent),
    committed: cents(row.committed),
    forecast: cents(row.forecast),
    exhausted_on,
    ...(fault && { fault }),
  }
}

/** `weir budgets`: how the budgets of the billing terms stand. */
export const budgetsCommand: Command = {
  name: 'budgets',
  does: 'Budgets of the billing terms: spent, committed, forecast.',
  seeAlso: 'docs/budgets.md says how the forecast is made.',
  subCommands: { '': show },
}

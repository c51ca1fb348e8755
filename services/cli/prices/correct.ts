import { add, formatDecimal } from '../../money/decimal.ts'
import { type RatedMonth, type Rerating, rerate } from '../../money/price-book/rerate.ts'
import { ArgumentError, type SubCommand, textOf, timeOf } from '../command.ts'
import { renderRows } from '../print.ts'
import { IMPORT_OPTIONS, nameOf, readFileOf } from './import-options.ts'
import { prepareImport, refusedCode } from './prepare-import.ts'
import { planJson } from './show-plan.ts'
import { changeOf, storePlan } from './store-plan.ts'

/** `weir prices correct`: prices for a time that has passed, with a preview of the money. */
export const correct: SubCommand = {
  takes: 'FILE',
  positionals: [1, 1],
  does:
    'corrects prices of the past: shows the money by tenant, then stores a version that settles open months again and corrects closed ' +
    'ones',
  options: {
    ...IMPORT_OPTIONS,
    reason: { value: 'TEXT', does: 'why, for the trail; needed' },
    yes: { does: 'stores it; without it only the preview is shown' },
  },
  async run(given, context) {
    const nowMs = context.now()
    const reason = textOf(given, 'reason')?.trim() ?? ''
    if (reason === '') throw new ArgumentError('--reason is needed: a correction of the past says why')
    const file = readFileOf(given, timeOf(given, 'from') ?? nowMs)
    if (!file.rows.some(row => row.valid_from < nowMs)) {
      throw new ArgumentError('no price of the file begins in the past: say --from ISO, or use `weir prices import`')
    }
    await using clickhouse = await context.openClickHouse()
    context.note(`with ${clickhouse.place}`)
    const prepared = await prepareImport(file, given, 'correct', { clickhouse, context, nowMs })
    const change = changeOf(prepared.plan, prepared.stored)
    const money = prepared.mayStore ? await rerate(change, change, { clickhouse }) : { months: [], approximate: [] }
    if (given.values['json'] === true)
      context.print(planJson(prepared.plan, { months: money.months.map(shown), approximate: money.approximate }))
    if (!prepared.mayStore) return refusedCode(prepared, given)
    if (given.values['json'] !== true) context.print(`\n${moneyText(money)}`)
    if (given.values['dry-run'] === true || given.values['yes'] !== true) {
      context.note('a preview: nothing was stored; --yes stores it')
      return 0
    }
    await storePlan(prepared.plan, change, { kind: 'correct', imported_by: nameOf(given), reason }, { clickhouse, context })
    return 0
  },
}

const REASONS = {
  thresholds: 'its context thresholds change, and settled quantities do not tell the sizes of single requests',
  within_a_minute: 'a price begins within a minute; the requests of that minute are taken as if they came after it',
}

function moneyText({ months, approximate }: Rerating): string {
  if (months.length === 0) return 'No charge of a settled minute changes.'
  const totals = [...Map.groupBy(months, ({ currency }) => currency)].map(([currency, of]) => ({
    ...{ tenant_id: 'all', month: '', is_closed: false, currency },
    old_list_cost: add(...of.map(one => one.old_list_cost)),
    new_list_cost: add(...of.map(one => one.new_list_cost)),
  }))
  const notes = approximate.map(({ price_key, reason }) => `approximate for ${price_key}: ${REASONS[reason]}`)
  return [
    'LIST COST BY TENANT (only what changes; open months are calendar months in UTC)',
    renderRows([...months.map(shown), ...totals.map(one => ({ ...shown(one), state: '' }))], 'text'),
    ...notes,
  ].join('\n')
}

function shown({ tenant_id, month, is_closed, old_list_cost, new_list_cost, currency }: RatedMonth) {
  const costs = { old_list_cost: formatDecimal(old_list_cost), new_list_cost: formatDecimal(new_list_cost) }
  const state = is_closed ? 'closed: becomes corrections' : 'open: settled again'
  return { tenant_id, month, ...costs, difference: formatDecimal(new_list_cost - old_list_cost), currency, state }
}

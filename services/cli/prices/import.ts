import { ArgumentError, type SubCommand, textOf, timeOf } from '../command.ts'
import { IMPORT_OPTIONS, nameOf, readFileOf } from './import-options.ts'
import { prepareImport, refusedCode } from './prepare-import.ts'
import { planJson } from './show-plan.ts'
import { changeOf, storePlan } from './store-plan.ts'

/** `weir prices import`: new prices from now, or a later time, on. */
export const importPrices: SubCommand = {
  takes: 'FILE',
  positionals: [1, 1],
  does: 'shows what a price file changes and puts it in force as a new version; never changes the past',
  options: { ...IMPORT_OPTIONS, reason: { value: 'TEXT', does: 'why, for the trail' } },
  async run(given, context) {
    const nowMs = context.now()
    const fromMs = timeOf(given, 'from') ?? nowMs
    if (fromMs < nowMs)
      throw new ArgumentError('--from lies in the past, which an import never changes: use `weir prices correct` with a reason')
    const file = readFileOf(given, fromMs)
    await using clickhouse = await context.openClickHouse()
    context.note(`with ${clickhouse.place}`)
    const prepared = await prepareImport(file, given, 'import', { clickhouse, context, nowMs })
    if (given.values['json'] === true) context.print(planJson(prepared.plan))
    if (!prepared.mayStore) return refusedCode(prepared, given)
    if (given.values['dry-run'] === true) {
      context.note('a dry run: nothing was stored')
      return 0
    }
    const trail = { kind: 'import', imported_by: nameOf(given), reason: textOf(given, 'reason') ?? '' } as const
    await storePlan(prepared.plan, changeOf(prepared.plan, prepared.stored), trail, { clickhouse, context })
    return 0
  },
}

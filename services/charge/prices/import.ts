import { fillEmptyBook } from '../../../money/price-book/first-prices.ts'
import { planImport } from '../../../money/price-book/plan-import.ts'
import { newestPriceVersion, nextPriceVersion, readStoredPrices, storePrices } from '../../../money/price-book/stored-prices.ts'
import { ArgumentError, type SubCommand, textOf, timeOf } from '../command-line.ts'
import { IMPORT_OPTIONS, nameOf, readFileOf, rulesOf } from './import-options.ts'
import { planText } from './show-plan.ts'

/** `weir prices import`: new prices from now, or a later time, on. */
export const importPrices: SubCommand = {
  takes: 'FILE',
  positionals: [1, 1],
  does: 'shows what a price file changes and puts it in force as a new version; never changes the past',
  options: { ...IMPORT_OPTIONS, reason: { value: 'TEXT', does: 'why, for the trail' } },
  async run(given, { settings, now, print, note, openClickHouse }) {
    const nowMs = now()
    const from = timeOf(given, 'from') ?? nowMs
    if (from < nowMs)
      throw new ArgumentError('--from lies in the past, which an import never changes: use `weir prices correct` with a reason')
    const file = readFileOf(given, from)
    await using clickhouse = await openClickHouse()
    note(`with ${clickhouse.place}`)
    await fillEmptyBook({ pricesFile: settings.files.prices }, { clickhouse })
    const stored = await readStoredPrices(clickhouse, await newestPriceVersion(clickhouse))
    const version = await nextPriceVersion(clickhouse)
    const plan = planImport(file, stored, { kind: 'import', now: nowMs, version, ...rulesOf(given) })
    print(planText(plan, file, given.values['all'] === true))
    if (plan.refused.length > 0 && given.values['skip-refused'] !== true) {
      note('nothing was stored: correct the file, or store the rest with --skip-refused')
      return 1
    }
    if (given.values['dry-run'] === true || plan.rows.length === 0) {
      note(plan.rows.length === 0 ? 'nothing to store: the price book says all of this already' : 'a dry run: nothing was stored')
      return 0
    }
    const source = plan.rows[0]?.source ?? ''
    await storePrices(plan.rows, { kind: 'import', imported_by: nameOf(given), reason: textOf(given, 'reason') ?? '', source }, clickhouse)
    note(
      `version ${version} of the price book: ${plan.rows.length} rows, in force from ${new Date(from).toISOString()} unless the file says otherwise`,
    )
    return 0
  },
}

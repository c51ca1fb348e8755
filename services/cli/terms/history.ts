import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { choiceOf, type SubCommand } from '../command.ts'
import { FORMAT_OPTION, renderRows } from '../print.ts'

const versionsSql = readQuery(import.meta.url, 'terms-versions')

/** `weir terms history`: who put which version into force, when and why. */
export const history: SubCommand = {
  does: 'lists the versions of the terms: who imported or corrected them, when and why',
  options: FORMAT_OPTION,
  async run(given, { print, note, openClickHouse }) {
    const format = choiceOf(given, 'format', ['text', 'json'])
    await using clickhouse = await openClickHouse()
    note(`reading ${clickhouse.place}`)
    print(renderRows(await clickhouse.query(versionsSql), format))
    return 0
  },
}

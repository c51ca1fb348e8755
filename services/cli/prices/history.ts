import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { choiceOf, type SubCommand } from '../command.ts'
import { FORMAT_OPTION, renderRows } from '../print.ts'

const importsSql = readQuery(import.meta.url, 'price-imports')

/** `weir prices history`: who put which version of the price book into force, when and why. */
export const history: SubCommand = {
  does: 'lists the versions of the price book: who imported or corrected what, when and why',
  options: FORMAT_OPTION,
  async run(given, { print, note, openClickHouse }) {
    const format = choiceOf(given, 'format', ['text', 'json'])
    await using clickhouse = await openClickHouse()
    note(`reading ${clickhouse.place}`)
    print(renderRows(await clickhouse.query(importsSql), format))
    return 0
  },
}

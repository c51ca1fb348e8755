import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { choiceOf, type SubCommand } from '../command.ts'
import { FORMAT_OPTION, renderRows } from '../print.ts'

const republishedSql = readQuery(import.meta.url, 'republished')

/** `weir windows history`: whose word it was. */
export const history: SubCommand = {
  does: 'lists minutes that were published from fewer rows: who said so, when and why',
  options: FORMAT_OPTION,
  async run(given, { print, note, openClickHouse }) {
    const format = choiceOf(given, 'format', ['text', 'json'])
    await using clickhouse = await openClickHouse()
    note(`reading ${clickhouse.place}`)
    print(renderRows(await clickhouse.query(republishedSql), format))
    return 0
  },
}

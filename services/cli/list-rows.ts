import { choiceOf, type SubCommand } from './command.ts'
import { FORMAT_OPTION, renderRows } from './print.ts'

/** A sub-command that prints what one query gives, as text or JSON. */
export function listRows(does: string, sql: string): SubCommand {
  return {
    does,
    options: FORMAT_OPTION,
    async run(given, { print, note, openClickHouse }) {
      const format = choiceOf(given, 'format', ['text', 'json'])
      await using clickhouse = await openClickHouse()
      note(`reading ${clickhouse.place}`)
      print(renderRows(await clickhouse.query(sql), format))
      return 0
    },
  }
}

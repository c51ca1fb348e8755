import { findAll } from '../../settle/reconcile.ts'
import { choiceOf, type SubCommand } from '../command.ts'
import { FORMAT_OPTION, renderRows } from '../print.ts'
import { minuteText, SPAN_OPTIONS, spanOf } from './span.ts'

/** `weir windows check`: which minutes are not settled from the rows there are. */
export const check: SubCommand = {
  does: 'lists minutes whose figures are not those of the raw rows: not settled yet, or with rows gone; exit code 1 if raw rows are gone',
  options: { ...SPAN_OPTIONS, ...FORMAT_OPTION },
  async run(given, { print, note, now, openClickHouse }) {
    const format = choiceOf(given, 'format', ['text', 'json'])
    const span = spanOf(given, now())
    await using clickhouse = await openClickHouse()
    note(`reading ${clickhouse.place}`)
    const { changed, lost, fewer } = await findAll(span, clickhouse)
    const rows = [
      ...changed.map(start => ({ minute: minuteText(start), rows: 'more', next: 'settle publishes it within the hour' })),
      ...lost.map(start => ({ minute: minuteText(start), rows: 'settled ones gone', next: 'settle makes them again within the hour' })),
      ...fewer.map(start => ({ minute: minuteText(start), rows: 'fewer', next: 'stays as it was published: weir windows republish' })),
    ]
    print(renderRows(rows, format))
    return fewer.length > 0 ? 1 : 0
  },
}

import { readTermsText } from '../../money/terms/terms-store.ts'
import { ArgumentError, type SubCommand, textOf } from '../command.ts'

/** `weir terms show`: the document as it was imported. */
export const show: SubCommand = {
  does: 'prints the terms in force, or those of a version, as they were imported',
  options: { version: { value: 'N', does: 'that version (default: the newest)' } },
  async run(given, { print, note, openClickHouse }) {
    const wanted = textOf(given, 'version')
    if (wanted !== undefined && !/^[1-9]\d{0,8}$/.test(wanted)) throw new ArgumentError(`--version "${wanted}" is no number of a version`)
    await using clickhouse = await openClickHouse()
    note(`reading ${clickhouse.place}`)
    const text = await readTermsText(clickhouse, wanted === undefined ? undefined : Number(wanted))
    if (text === undefined) {
      note(`there ${wanted === undefined ? 'are no billing terms yet: list prices, US dollars and UTC hold' : `is no version ${wanted}`}`)
      return wanted === undefined ? 0 : 1
    }
    print(text.trimEnd())
    return 0
  },
}

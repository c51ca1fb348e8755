import { isBilledByUnit } from '../../money/price-book/price-bands.ts'
import { buildPriceBook, resolvePrices } from '../../money/price-book/resolve.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { choiceOf, type SubCommand, timeOf } from '../command.ts'
import { FORMAT_OPTION, renderRows } from '../print.ts'
import { readBook } from './read-book.ts'

const unpricedSql = readQuery(import.meta.url, 'unpriced')

interface UnpricedRow {
  provider: string
  request_model: string
  response_model: string
  service_tier: string
  /** What was used and has no price: input 1200, web_search 3. */
  kinds: readonly string[]
}

/** `weir prices unpriced`: what was used without a price, so that nobody takes it for free. */
export const unpriced: SubCommand = {
  does: 'lists models that were used without a price in force, with their volume',
  options: {
    from: { value: 'ISO', does: 'requests from this time on (default: all)' },
    to: { value: 'ISO', does: 'and before this one' },
    ...FORMAT_OPTION,
  },
  async run(given, { print, note, openClickHouse }) {
    const seconds = (option: string) => Math.floor((timeOf(given, option) ?? 0) / 1000)
    const format = choiceOf(given, 'format', ['text', 'json'])
    await using clickhouse = await openClickHouse()
    note(`with ${clickhouse.place}`)
    const rows = await clickhouse.query<UnpricedRow>(unpricedSql, { from: seconds('from'), to: seconds('to') })
    const book = buildPriceBook(await readBook(clickhouse, note))
    const reason = (names: UnpricedRow) => {
      const [band] = resolvePrices(book, { ...names, region: '' })
      if (band === undefined) return 'not in the price book'
      if (names.kinds.length > 0) return `no price of that time or kind under ${band.price_key}`
      return isBilledByUnit(band)
        ? `${band.price_key} is billed by a unit that the lines do not tell`
        : `no price at that time under ${band.price_key}`
    }
    print(
      renderRows(
        rows.map(row => ({ ...row, kinds: row.kinds.join(', '), reason: reason(row) })),
        format,
      ),
    )
    return 0
  },
}

import { formatDecimal, multiplyByCount, parseDecimal } from '../../money/decimal.ts'
import { listInForce } from '../../money/price-book/price-lists.ts'
import type { PriceRow } from '../../money/price-book/price-row.ts'
import { providerNames } from '../../money/price-book/provider-names.ts'
import { choiceOf, type SubCommand, textOf, timeOf } from '../command.ts'
import { FORMAT_OPTION, renderRows } from '../print.ts'
import { readBook } from './read-book.ts'

const MILLION = 1_000_000

/** `weir prices list`: the models in force and what a million of their tokens cost. */
export const list: SubCommand = {
  takes: '[TEXT]',
  positionals: [0, 1],
  does: 'lists the models with a price (those whose name holds TEXT), per million tokens',
  options: {
    provider: { value: 'NAME', does: 'only of this provider' },
    at: { value: 'ISO', does: 'as of this time (default now)' },
    ...FORMAT_OPTION,
  },
  async run(given, { now, print, note, openClickHouse }) {
    const atMs = timeOf(given, 'at') ?? now()
    const provider = textOf(given, 'provider')
    const format = choiceOf(given, 'format', ['text', 'json'])
    await using clickhouse = await openClickHouse()
    note(`with ${clickhouse.place}, as of ${new Date(atMs).toISOString()}`)
    const stored = await readBook(clickhouse, note)
    const lists = [...Map.groupBy(stored, row => `${row.provider}\n${row.model}`).values()]
    const rows = lists
      .map(of => listInForce(of, atMs))
      .filter(([first]) => first !== undefined)
      .filter(([first]) => provider === undefined || first?.provider === providerNames(provider).provider)
      .filter(([first]) => first?.model.includes(given.positionals[0] ?? ''))
      .map(summaryOf)
    print(renderRows(rows, format))
    return 0
  },
}

/** Base prices of one model per million tokens; null: it has none of that kind. */
function summaryOf(rows: readonly PriceRow[]): Record<string, unknown> {
  const [first] = rows as [PriceRow]
  const base = (kind: PriceRow['token_kind']) => {
    const row = rows.find(one => one.token_kind === kind && one.unit === 'token' && !one.service_tier && one.min_input_tokens === 0)
    return row ? formatDecimal(multiplyByCount(parseDecimal(row.unit_price), MILLION)) : null
  }
  return {
    provider: first.provider,
    model: first.model,
    input: base('input'),
    cached_input: base('cached_input'),
    output: base('output'),
    currency: first.currency,
    prices: rows.length,
    version: first.version,
    source: first.source,
  }
}

import { modelKeys } from '../../money/price-book/model-names.ts'
import { listInForce } from '../../money/price-book/price-lists.ts'
import type { PriceRow } from '../../money/price-book/price-row.ts'
import { buildPriceBook, type PriceBook, rowsFor } from '../../money/price-book/resolve.ts'
import { choiceOf, type SubCommand, textOf, timeOf } from '../command.ts'
import { FORMAT_OPTION, renderRows } from '../print.ts'
import { readBook } from './read-book.ts'

/** `weir prices show`: what a model costs, by the same search that settling makes. */
export const show: SubCommand = {
  takes: 'MODEL',
  positionals: [1, 1],
  does: 'shows every price of a model as a gateway names it, and which key of the book decides',
  options: {
    provider: { value: 'NAME', does: 'provider (default: every one that has the model)' },
    at: { value: 'ISO', does: 'as of this time (default now)' },
    history: { does: 'all prices of all versions instead of those in force' },
    ...FORMAT_OPTION,
  },
  async run(given, { now, print, note, openClickHouse }) {
    const [model = ''] = given.positionals
    const atMs = timeOf(given, 'at') ?? now()
    const format = choiceOf(given, 'format', ['text', 'json'])
    await using clickhouse = await openClickHouse()
    note(`with ${clickhouse.place}, as of ${new Date(atMs).toISOString()}`)
    const book = buildPriceBook(await readBook(clickhouse, note))
    const asked = textOf(given, 'provider')
    const found = asked === undefined ? everywhere(book, model) : search(book, asked, model)
    const rows = found.flatMap(of => (given.values['history'] === true ? of : listInForce(of, atMs)))
    if (rows.length === 0) {
      note(
        `no price: ${model}${asked === undefined ? '' : ` at ${asked}`} is ` +
          `${found.length === 0 ? 'not in the price book' : 'unpriced at that time'}`,
      )
      return 1
    }
    print(renderRows(rows.map(shown), format))
    return 0
  },
}

function everywhere(book: PriceBook, model: string): (readonly PriceRow[])[] {
  const providers = new Set([...book.models.keys()].map(key => key.split('\n')[0] ?? ''))
  return [...new Set([...providers].flatMap(provider => search(book, provider, model)))]
}

function search(book: PriceBook, provider: string, model: string): (readonly PriceRow[])[] {
  const rows = rowsFor(book, modelKeys({ provider, request_model: '', response_model: model, region: '' }))
  return rows ? [rows] : []
}

function shown(row: PriceRow): Record<string, unknown> {
  const time = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
  const { provider, model, token_kind, service_tier, min_input_tokens, threshold_operator, unit, unit_price, currency } = row
  const { region_factor, modifier_factor } = row
  const above = min_input_tokens > 0 ? `${threshold_operator} ${min_input_tokens}` : null
  const validity = { valid_from: time(row.valid_from), valid_to: time(row.valid_to), version: row.version, source: row.source }
  const price = { provider, model, token_kind, service_tier, input_tokens: above, unit, unit_price, currency }
  return { ...price, region_factor, modifier_factor, ...validity }
}

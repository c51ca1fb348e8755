import { add, formatDecimal, parseDecimal } from '../../money/decimal.ts'
import { type AttemptUsage, priceAttempt, quantitiesOf } from '../../money/price-book/price-attempt.ts'
import { buildPriceBook, type PriceBook, type PricedNames, resolvePrices } from '../../money/price-book/resolve.ts'
import { newestPriceVersion, readStoredPrices } from '../../money/price-book/stored-prices.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'

/** What an attempt costs at list prices, and by which row of the book; or why it has no cost. */
export interface ListPrice {
  readonly list_cost: string | null
  readonly currency: string
  readonly price_key: string
  readonly price_version: number
  readonly min_input_tokens: number
  readonly quantities: Readonly<Record<string, number>>
  readonly unpriced_reason: string
}

/** The columns that decide it. */
export type PricedColumns = AttemptUsage &
  PricedNames & { usage_quality: string; outcome: string; response_cache: string; attempts_reported: number | null }

/** Prices attempts at the book of a version, or at the newest one. The last book is kept. */
export interface ListPrices {
  at(version: number | undefined, clickhouse: Pick<ClickHouse, 'query'>): Promise<(attempt: PricedColumns) => ListPrice>
}

/** Builds it; nothing is read before `at` is called. */
export function buildListPrices(): ListPrices {
  let kept: { version: number; book: PriceBook } | undefined
  return {
    async at(asked, clickhouse) {
      const version = asked ?? (await newestPriceVersion(clickhouse as ClickHouse))
      if (kept?.version !== version) kept = { version, book: buildPriceBook(await readStoredPrices(clickhouse as ClickHouse, version)) }
      const { book } = kept
      return attempt => listPriceOf(attempt, book)
    },
  }
}

const NOTHING = { list_cost: null, currency: '', price_key: '', price_version: 0, min_input_tokens: 0 }

function listPriceOf(attempt: PricedColumns, book: PriceBook): ListPrice {
  const { outcome, response_cache, attempts_reported, usage_quality } = attempt
  // As settling judges it: services/settle/queries/attempt-facts.sql.
  if (outcome === 'rejected' || response_cache === 'hit' || attempts_reported === 0)
    return { ...NOTHING, quantities: {}, unpriced_reason: 'not_reached' }
  const quantities = quantitiesOf(attempt)
  if (usage_quality === 'missing' && Object.keys(quantities).length === 0)
    return { ...NOTHING, quantities, unpriced_reason: 'missing_usage' }
  const priced = priceAttempt(attempt, resolvePrices(book, attempt))
  if (!priced.is_priced) return { ...NOTHING, quantities, unpriced_reason: priced.reason }
  const { total, currency, price_key, price_version, band } = priced
  const isByRequest = outcome === 'ok' && band.unit_prices.request !== undefined
  return {
    list_cost: total,
    currency,
    price_key,
    price_version,
    min_input_tokens: band.min_input_tokens,
    quantities: isByRequest ? { ...quantities, request: 1 } : quantities,
    unpriced_reason: '',
  }
}

/** The sum of the costs there are; null where there is none, or where they differ in currency. */
export function sumOfCosts(costs: readonly Pick<ListPrice, 'list_cost' | 'currency'>[]): { list_cost: string | null; currency: string } {
  const told = costs.flatMap(({ list_cost, currency }) => (list_cost === null ? [] : [{ list_cost, currency }]))
  const [first] = told
  if (first === undefined || told.some(({ currency }) => currency !== first.currency)) return { list_cost: null, currency: '' }
  return { list_cost: formatDecimal(add(...told.map(({ list_cost }) => parseDecimal(list_cost)))), currency: first.currency }
}

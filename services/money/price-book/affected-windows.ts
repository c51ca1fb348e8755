/** Which minutes other prices reach: those with an attempt that the two books price differently. */
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { type PriceBook, type PricedNames, resolvePrices } from './resolve.ts'

const namesSql = readQuery(import.meta.url, 'attempt-names')
const windowsSql = readQuery(import.meta.url, 'windows-of-names')

/**
 * Names that a query takes as parameters; with more, every window of the period is given, which is slower to settle and gives the same
 * figures.
 */
const MAX_NAMES = 200

/**
 * Starts (ms, ascending) of the windows of [`from`, `until`) (ms; null: no end) whose settled figures may be other with the book `after`
 * than with `before`. A window that is not among them is the same with both, whatever price version it was settled with. Rejects with
 * ClickHouse's AppErrors.
 */
export async function readAffectedWindows(
  period: { fromMs: number; untilMs: number | null },
  books: { before: PriceBook; after: PriceBook },
  deps: { clickhouse: ClickHouse },
): Promise<number[]> {
  const parameters = { from: period.fromMs, until: period.untilMs ?? 0 }
  const names = await deps.clickhouse.query<PricedNames>(namesSql, parameters)
  const affected = names.filter(one => pricesDiffer(books, one))
  if (affected.length === 0) return []
  const named = affected.length > MAX_NAMES ? [] : affected
  const windows = await deps.clickhouse.query<{ start_s: number }>(windowsSql, {
    ...parameters,
    providers: named.map(one => one.provider),
    request_models: named.map(one => one.request_model),
    response_models: named.map(one => one.response_model),
    service_tiers: named.map(one => one.service_tier),
    regions: named.map(one => one.region),
    price_modifiers: named.map(one => one.price_modifiers ?? ''),
  })
  return windows.map(({ start_s }) => start_s * 1000)
}

/** Whether the two books say something else for these names, at any time. */
export function pricesDiffer(books: { before: PriceBook; after: PriceBook }, names: PricedNames): boolean {
  return JSON.stringify(resolvePrices(books.before, names)) !== JSON.stringify(resolvePrices(books.after, names))
}

/** What a model costs: names as a gateway gives them → the price bands of the book. */
import { modelKeys } from './model-names.ts'
import { type PriceBand, priceBands } from './price-bands.ts'
import { checkRowsAgree, type PriceRow } from './price-row.ts'
import { providerNames } from './provider-names.ts'

/** All price rows, found by canonical provider and model key. */
export type PriceBook = { readonly rowCount: number; readonly models: ReadonlyMap<string, readonly PriceRow[]> }

/** What an attempt says about who is to be paid. Empty text: not known. */
export type PricedNames = { provider: string; request_model: string; response_model: string; service_tier: string; region: string }

/** Tiers that gateways name and the book calls otherwise. '' is standard; LiteLLM prices `fast` as `priority`. */
const tierNames: Readonly<Record<string, string>> = {
  standard: '',
  standard_only: '',
  default: '',
  auto: '',
  on_demand: '',
  batches: 'batch',
  fast: 'priority',
}

/** Indexes rows of any number of versions, order irrelevant. PRICE_INVALID when two rows of a version contradict each other. */
export function buildPriceBook(rows: Iterable<PriceRow>): PriceBook {
  const models = Map.groupBy(rows, row => bookKey(providerNames(row.provider).provider, row.model))
  let rowCount = 0
  for (const of of models.values()) {
    checkRowsAgree(of)
    rowCount += of.length
  }
  return { rowCount, models }
}

/**
 * The bands for these names: periods ascending, within one the highest threshold first. Deterministic and free of effects. Empty: unpriced,
 * because no key matches (order in model-names.ts) or the first that matches has no price per token.
 */
export function resolvePrices(book: PriceBook, names: PricedNames): PriceBand[] {
  for (const { provider, model } of modelKeys(names)) {
    const rows = book.models.get(bookKey(provider, model))
    if (rows) return priceBands(rows, canonicalTier(names.service_tier), names.region)
  }
  return []
}

function bookKey(provider: string, model: string): string {
  return `${provider}\n${model}`
}

function canonicalTier(tier: string): string {
  const lower = tier.toLowerCase()
  return Object.hasOwn(tierNames, lower) ? (tierNames[lower] ?? '') : lower
}

/** What a model costs: names as a gateway gives them → the price bands of the book. */
import { type ModelKey, modelKeys } from './model-names.ts'
import { type PriceBand, priceBands } from './price-bands.ts'
import { checkRowsAgree, type PriceRow } from './price-row.ts'
import { providerNames } from './provider-names.ts'

/** A model key with `*`, which stands for any run of characters; `parts` are the texts between the stars. */
export type ModelPattern = { readonly model: string; readonly parts: readonly string[] }

/** All price rows, found by canonical provider and model key. `patterns`: by provider, the one that decides first. */
export type PriceBook = {
  readonly rowCount: number
  readonly models: ReadonlyMap<string, readonly PriceRow[]>
  readonly patterns: ReadonlyMap<string, readonly ModelPattern[]>
}

/** What an attempt says about who is to be paid, and for what. Empty text: not known. */
export type PricedNames = {
  provider: string
  request_model: string
  response_model: string
  service_tier: string
  region: string
  /** Absent: none. */
  price_modifiers?: string
}

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
  const keys = [...models.keys()].filter(key => key.includes('*')).map(key => key.split('\n') as [string, string])
  const patterns = new Map(
    [...Map.groupBy(keys, ([provider]) => provider)].map(([provider, of]) => [provider, orderPatterns(of.map(([, model]) => model))]),
  )
  return { rowCount, models, patterns }
}

/**
 * The bands for these names: periods ascending, within one the highest threshold first. Deterministic and free of effects. Empty: unpriced,
 * because nothing matches or what matches has no price.
 */
export function resolvePrices(book: PriceBook, names: PricedNames): PriceBand[] {
  const rows = rowsFor(book, modelKeys(names))
  const modifiers = (names.price_modifiers ?? '').split(' ').filter(Boolean)
  return rows ? priceBands(rows, { tier: canonicalTier(names.service_tier), region: names.region.toLowerCase(), modifiers }) : []
}

/**
 * Of the keys in their order (model-names.ts) the first that stands in the book as it is; else of the keys in their order the first that
 * a pattern matches, and of the patterns that match it the longest. A key that is found decides alone, also at times when none of its
 * prices is in force.
 */
export function rowsFor(book: PriceBook, keys: readonly ModelKey[]): readonly PriceRow[] | undefined {
  for (const { provider, model } of keys) {
    const rows = book.models.get(bookKey(provider, model))
    if (rows) return rows
  }
  for (const key of keys) {
    const pattern = book.patterns.get(key.provider)?.find(({ parts }) => matchesKey(parts, key))
    if (pattern) return book.models.get(bookKey(key.provider, pattern.model))
  }
  return undefined
}

/** A star stands for nothing of the prefix: `*a*` has to find its a in the model, not in `openai/`, which is spelled or left out. */
function matchesKey(parts: readonly string[], { model, prefix }: ModelKey): boolean {
  return matches(parts, model.slice(prefix.length)) || ((parts[0] ?? '').startsWith(prefix) && matches(parts, model))
}

/** Longest first, counted without `*`; of the same length in the order of their characters. */
function orderPatterns(models: readonly string[]): ModelPattern[] {
  const length = (model: string) => model.replaceAll('*', '').length
  return models.toSorted((a, b) => length(b) - length(a) || (a < b ? -1 : 1)).map(model => ({ model, parts: model.split('*') }))
}

/**
 * Whether the parts stand in the name in their order, the first at its beginning and the last at its end. Clients choose names: no
 * regular expression, whose time could explode.
 */
function matches(parts: readonly string[], name: string): boolean {
  const [first = '', ...rest] = parts
  const last = rest.pop() ?? ''
  if (!name.startsWith(first)) return false
  let at = first.length
  for (const part of rest) {
    const found = name.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return name.length - last.length >= at && name.endsWith(last)
}

function bookKey(provider: string, model: string): string {
  return `${provider}\n${model}`
}

function canonicalTier(tier: string): string {
  const lower = tier.toLowerCase()
  return Object.hasOwn(tierNames, lower) ? (tierNames[lower] ?? '') : lower
}

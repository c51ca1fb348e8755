import { checkTerms } from './check-terms.ts'
import { DEFAULT_CURRENCY, DEFAULT_ISSUER, DEFAULT_TIME_ZONE, termsDocument } from './document.ts'
import type { Terms } from './terms.ts'
import { readDocument } from './yaml-reading.ts'

/** What holds when nobody has imported terms: list prices in US dollars, months in UTC, no pool has a cost. */
export const defaultTerms: Terms = {
  version: 0,
  issuer: DEFAULT_ISSUER,
  currency: DEFAULT_CURRENCY,
  time_zone: DEFAULT_TIME_ZONE,
  exchange_rates: [],
  tenants: [],
  rate_cards: [],
  pools: [],
  shared_costs: [],
  budgets: [],
}

/** Reads the YAML text of billing terms (docs/terms.md). Throws TERMS_INVALID with every fault: file, line, what was expected. */
export function parseTerms(text: string, from: { file: string; version: number }): Terms {
  return { ...readDocument(text, from.file, termsDocument, checkTerms), version: from.version }
}

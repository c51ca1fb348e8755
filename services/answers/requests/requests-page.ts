import type { AskedScope } from '../question.ts'
import type { ListedRequest } from './attempt-fields.ts'

/** What is asked: requests that started in [fromMs, toMs) and have an attempt that fits the filters. */
export interface RequestsAsked {
  readonly fromMs: number
  readonly toMs: number
  readonly scope: AskedScope
  /** Exact values by the names of `requestFilters` and `pricedFilters`. */
  readonly filters: Readonly<Record<string, readonly string[]>>
  /** Version of the price book to price with, as a statement tells it; undefined: the newest. */
  readonly priceVersion?: number | undefined
  /** request: the final attempt has to fit, as figures of requests count; attempt: any of its attempts, as figures of attempts do. */
  readonly counted: 'request' | 'attempt'
  readonly limit: number
  /** Where the page before ended. */
  readonly after: RowPlace | undefined
}

/** The place of a row in the order of pages: its start, ms, and the hash of its identity. */
export interface RowPlace {
  readonly at_ms: number
  readonly row: string
}

/** A page of requests, in the order of their first fitting attempts. `next`: where the next page begins; undefined: this is the last. */
export interface RequestsPage {
  readonly requests: readonly ListedRequest[]
  readonly next: RowPlace | undefined
}

import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import type { Charge } from '../charges/charge.ts'
import type { PoolShare } from '../pools/allocation.ts'
import type { Terms } from '../terms/terms.ts'
import type { Positions } from './as-of.ts'
import type { BillingMonth } from './billing-month.ts'

/** The calendar of a month: the month in any zone. */
export type Calendar = (timeZone: string) => BillingMonth

/** Reads charges of all tenants, each in the month of its zone, and shares of all pools, from settled minutes. */
export type ReadFacts = (
  monthOf: Calendar,
  terms: Terms,
  clickhouse: ClickHouse,
  options?: FactOptions,
) => Promise<{ charges: Charge[]; poolShares: PoolShare[] }>

/** `untilMs`: pools have cost nothing after it (told-until.ts); undefined: the whole month, as it is closed. */
export interface FactOptions {
  untilMs?: number | undefined
}

/** What drafts are made from: settled minutes (live, or as of positions), prices and terms of a version, and how the minutes are read. */
export interface DraftSource {
  clickhouse: ClickHouse
  terms: Terms
  price_version: number
  positions: Positions
  readFacts: ReadFacts
  /** As of when a draft is made: pools have cost nothing after it (told-until.ts); undefined: the month is whole, as it is closed. */
  asOfMs?: number | undefined
}

/**
 * `corrected`: earlier statements whose months are computed again. `adjustments`: only these ids, as a closed statement had them;
 * undefined: all that are open. `closedBeforeMs`: corrections count as issued when their statement was closed before; undefined: all do.
 */
export interface DraftChoice {
  month: string
  /** undefined: every tenant with anything to bill, and those that the terms list. */
  tenants?: readonly string[] | undefined
  corrected: readonly string[]
  adjustments?: readonly string[] | undefined
  closedBeforeMs?: number | undefined
}

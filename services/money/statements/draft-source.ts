import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import type { AppError } from '../../platform/errors.ts'
import type { Charge } from '../charges/charge.ts'
import type { Decimal } from '../decimal.ts'
import type { PoolShare } from '../pools/allocation.ts'
import type { Terms } from '../terms/terms.ts'
import type { Positions } from './as-of.ts'
import type { BillingMonth } from './billing-month.ts'

/** The calendar of a month: the month in any zone. */
export type Calendar = (timeZone: string) => BillingMonth

/** What a month is made from. */
export interface MonthReading {
  /** Of the tenants asked for, each within the month of its zone. */
  charges: Charge[]
  /** Of all pools and tenants. */
  poolShares: PoolShare[]
  /** What the charges of other tenants come to, in the currency of each, where a shared cost is divided by it; absent: none is needed. */
  spent?: ReadonlyMap<string, Decimal>
  /** Tenants whose charges cannot be rated, and why. */
  faults?: ReadonlyMap<string, AppError>
}

/** Reads a month from settled minutes. */
export type ReadFacts = (monthOf: Calendar, terms: Terms, clickhouse: ClickHouse, options?: FactOptions) => Promise<MonthReading>

/** What of a month is read. */
export interface FactOptions {
  /** Tenants of statements; undefined: all. */
  tenants?: readonly string[] | undefined
  /** Pools have cost nothing after it (told-until.ts); undefined: the whole month, as it is closed. */
  untilMs?: number | undefined
  /** Most sums of quantities of the tenants asked for: STATEMENT_TOO_LARGE beyond; undefined: any number. */
  maxQuantities?: number | undefined
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
  /** See FactOptions. */
  maxQuantities?: number | undefined
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
  /** Told of a tenant whose statement cannot be made, and why: the others are made. undefined: that is an error of all. */
  onRefused?: ((tenant_id: string, reason: AppError) => void) | undefined
}

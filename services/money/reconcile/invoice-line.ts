/** The two sides that are compared: what a provider bills, and what Weir charged for the same provider. */
import type { Decimal } from '../decimal.ts'

/**
 * One amount of a provider's export. Token kinds are Weir's; `other`: no tokens (a fee, a tax, storage), `discount`: a credit or reduction,
 * '': not told.
 */
export interface InvoiceLine {
  /** Where it stands: `file:line`, or `file: data[0].results[2]`. */
  place: string
  /** Canonical name (price-book/provider-names.ts). */
  provider: string
  /** As the provider writes it; '': not told. */
  model: string
  /** YYYY-MM-DD in the provider's zone; '': one line for the whole period. */
  day: string
  kind: string
  /** Units (tokens); null: not told. */
  quantity: Decimal | null
  /** null: the export has usage only. */
  cost: Decimal | null
  currency: string
  /** Digits after the point that the cost was written with. */
  cost_digits: number
}

/** What Weir charged at list price, of one provider, model, day and token kind. */
export interface ChargedLine {
  provider: string
  /** Names the provider may call the model by: as served, as asked for, key in the price book. The first names the line. */
  models: readonly string[]
  /** YYYY-MM-DD in the provider's zone. */
  day: string
  kind: string
  /** Tokens, those of failed attempts included. */
  quantity: Decimal
  cost: Decimal
  /** Of these, of attempts that did not give the answer. */
  wasted_quantity: Decimal
  wasted_cost: Decimal
  currency: string
  /** List prices of one unit that the book has, or had, for the model and kind, in `currency`; absent: none is known. */
  book_prices?: readonly Decimal[]
}

/**
 * What other prices would make of what was charged, before they are stored. Computed from settled quantities, which carry no sizes of
 * single requests: exact as long as context thresholds stay and prices begin on whole minutes, else approximate, and then said so by
 * model.
 */
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { MINUTE } from '../../platform/clock.ts'
import { type Decimal, multiply, parseDecimal } from '../decimal.ts'
import { pricesDiffer } from './affected-windows.ts'
import { type PriceBand, priceOfKind } from './price-bands.ts'
import { type PriceBook, type PricedNames, resolvePrices } from './resolve.ts'

/** List cost of a tenant's requests in a month, before and after; amounts in `currency`. */
export interface RatedMonth {
  tenant_id: string
  /** YYYY-MM: the billing month where it is closed, else the calendar month in UTC. */
  month: string
  /** Its statement is closed: the difference becomes corrections in the open month. */
  is_closed: boolean
  currency: string
  old_list_cost: Decimal
  new_list_cost: Decimal
}

/** The preview; `approximate`: keys of models whose new amounts may be off, with why. */
export interface Rerating {
  months: RatedMonth[]
  approximate: { price_key: string; reason: 'thresholds' | 'within_a_minute' }[]
}

/** Sum of a quantity as the query gives it. */
interface Quantity extends PricedNames {
  tenant_id: string
  price_key: string
  token_kind: string
  min_input_tokens: number
  currency: string
  closed_month: string
  utc_month: string
  /** Number, from 1, of the cut that it lies after. */
  part: number
  list_unit_price: string | null
  units: string
}

/** An instant at which prices change, ms, and the minute that it lies in. */
interface Cut {
  atMs: number
  minuteMs: number
}

const namesSql = readQuery(import.meta.url, 'rerate-names')
const quantitiesSql = readQuery(import.meta.url, 'rerate-quantities')

/**
 * Compares two books over [`from`, `until`) (ms; `until` null: no end). Only what changes is in the result. Rejects with ClickHouse's
 * AppErrors.
 */
export async function rerate(
  period: { fromMs: number; untilMs: number | null },
  books: { before: PriceBook; after: PriceBook },
  deps: { clickhouse: ClickHouse },
): Promise<Rerating> {
  const parameters = { from: period.fromMs, until: period.untilMs ?? 0 }
  const names = await deps.clickhouse.query<PricedNames>(namesSql, parameters)
  const affected = names.filter(one => pricesDiffer(books, one))
  if (affected.length === 0) return { months: [], approximate: [] }
  const cuts = cutsOf(affected, books, period)
  const quantities = await deps.clickhouse.query<Quantity>(quantitiesSql, {
    ...parameters,
    cuts: cuts.map(cut => cut.minuteMs / 1000),
  })
  const keys = new Set(affected.map(keyOf))
  const months = new Map<string, RatedMonth>()
  const approximate = new Map<string, Rerating['approximate'][number]>()
  for (const quantity of quantities) {
    if (!keys.has(keyOf(quantity))) continue
    const cut = cuts[quantity.part - 1] ?? { atMs: period.fromMs, minuteMs: period.fromMs }
    const { tenant_id, closed_month, utc_month } = quantity
    const key = { tenant_id, month: closed_month || utc_month, is_closed: closed_month !== '' }
    const month = (currency: string) => monthOf(months, { ...key, currency })
    const [before, after] = [bandsAt(books.before, quantity, cut.atMs), bandsAt(books.after, quantity, cut.atMs)]
    const band = after.find(one => one.min_input_tokens <= quantity.min_input_tokens)
    const price = band === undefined ? null : priceOfKind(band, quantity.token_kind)
    const units = parseDecimal(quantity.units)
    if (quantity.list_unit_price !== null) {
      month(quantity.currency).old_list_cost += multiply(parseDecimal(quantity.list_unit_price), units)
    }
    if (price !== null) month(band?.currency ?? quantity.currency).new_list_cost += multiply(parseDecimal(price), units)
    const price_key = band?.price_key || quantity.price_key
    if (thresholds(before) !== thresholds(after)) approximate.set(price_key, { price_key, reason: 'thresholds' })
    else if (cut.atMs !== cut.minuteMs) approximate.set(price_key, { price_key, reason: 'within_a_minute' })
  }
  const changed = [...months.values()].filter(one => one.old_list_cost !== one.new_list_cost)
  const text = ({ tenant_id, month, is_closed, currency }: RatedMonth) => `${tenant_id}\n${month}\n${is_closed}\n${currency}`
  return {
    months: changed.sort((a, b) => (text(a) < text(b) ? -1 : 1)),
    approximate: [...approximate.values()].sort((a, b) => (a.price_key < b.price_key ? -1 : 1)),
  }
}

/**
 * Bands in force at a time, highest threshold first. Names that settling has put into the overflow bucket are found by the key they were
 * priced with.
 */
function bandsAt(book: PriceBook, quantity: Quantity, atMs: number): PriceBand[] {
  const byNames = resolvePrices(book, quantity)
  const bands =
    byNames.length === 0 && quantity.price_key !== '' ? resolvePrices(book, { ...quantity, response_model: quantity.price_key }) : byNames
  return bands.filter(band => band.valid_from_ms <= atMs && (band.valid_to_ms === null || atMs < band.valid_to_ms))
}

/** The beginning of the period, and where prices of the names begin or end within it. */
function cutsOf(
  names: readonly PricedNames[],
  books: { before: PriceBook; after: PriceBook },
  period: { fromMs: number; untilMs: number | null },
): Cut[] {
  const times = new Set([period.fromMs])
  for (const book of [books.before, books.after]) {
    for (const one of names) {
      for (const band of resolvePrices(book, one)) {
        times.add(band.valid_from_ms)
        if (band.valid_to_ms !== null) times.add(band.valid_to_ms)
      }
    }
  }
  return [...times]
    .filter(atMs => atMs >= period.fromMs && (period.untilMs === null || atMs < period.untilMs))
    .sort((a, b) => a - b)
    .map(atMs => ({ atMs, minuteMs: Math.floor(atMs / MINUTE) * MINUTE }))
}

function monthOf(months: Map<string, RatedMonth>, key: Omit<RatedMonth, 'old_list_cost' | 'new_list_cost'>): RatedMonth {
  const text = Object.values(key).join('\n')
  const found = months.get(text) ?? { ...key, old_list_cost: 0n, new_list_cost: 0n }
  months.set(text, found)
  return found
}

function thresholds(bands: readonly PriceBand[]): string {
  return bands.map(band => `${band.threshold_operator}${band.min_input_tokens}`).join(' ')
}

function keyOf({ provider, request_model, response_model, service_tier, region, price_modifiers }: PricedNames): string {
  return [provider, request_model, response_model, service_tier, region, price_modifiers].join('\n')
}

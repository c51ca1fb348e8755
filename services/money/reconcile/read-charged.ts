/** Our side: what was charged for a provider's traffic at list price, by its days. */
import { DateTime } from 'luxon'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { readQuantities } from '../charges/read-quantities.ts'
import { type Decimal, multiply, parseDecimal } from '../decimal.ts'
import { providerNames } from '../price-book/provider-names.ts'
import { newestPriceVersion, readStoredPrices } from '../price-book/stored-prices.ts'
import { exchangeRateAt } from '../terms/exchange-rate.ts'
import type { Terms } from '../terms/terms.ts'
import type { ChargedLine } from './invoice-line.ts'

/** Which charges are compared. */
export interface ChargedChoice {
  /** First and last day, YYYY-MM-DD, of the zone. */
  firstDay: string
  lastDay: string
  /** IANA name. */
  timeZone: string
  /** Canonical names. */
  providers: ReadonlySet<string>
  /** ISO 4217 of the invoice; our costs are converted at the rate in force when their day begins. */
  currency: string
}

/** The lines, and how many units of them have no price and so cost nothing. */
export interface Charged {
  lines: ChargedLine[]
  unpriced: Decimal
}

/** Reads the settled quantities × list unit price. Rejects with ClickHouse's AppErrors, and EXCHANGE_RATE_MISSING. */
export async function readCharged(choice: ChargedChoice, terms: Pick<Terms, 'exchange_rates'>, clickhouse: ClickHouse): Promise<Charged> {
  const { currency, providers, timeZone: zone } = choice
  const first = DateTime.fromISO(choice.firstDay, { zone })
  const end = DateTime.fromISO(choice.lastDay, { zone }).plus({ days: 1 })
  const cuts: number[] = []
  for (let day = first; day < end; day = day.plus({ days: 1 })) cuts.push(day.toMillis())
  const period = { start_ms: first.toMillis(), end_ms: end.toMillis() }
  const quantities = await readQuantities({ period, cuts, hasRoutes: false }, clickhouse)
  const charged: Charged = { lines: [], unpriced: 0n }
  const book = Map.groupBy(await readStoredPrices(clickhouse, await newestPriceVersion(clickhouse)), row =>
    nameOf(row.model, row.token_kind),
  )
  for (const one of quantities) {
    const { provider } = providerNames(one.upstream)
    if (one.upstream_kind !== 'provider' || !providers.has(provider)) continue
    if (one.list_unit_price === null) charged.unpriced += one.quantity
    const listed = multiply(one.list_unit_price ?? 0n, one.quantity)
    const converted = (amount: Decimal, from: string) =>
      amount === 0n ? 0n : multiply(amount, exchangeRateAt(terms.exchange_rates, from, currency, one.period_start_ms))
    const cost = converted(listed, one.currency)
    const prices = (book.get(nameOf(one.price_key, one.token_kind)) ?? []).filter(row => row.currency === one.currency)
    const { quantity } = one
    charged.lines.push({
      provider,
      models: [...new Set([one.response_model, one.request_model, one.price_key].filter(Boolean))],
      day: DateTime.fromMillis(one.period_start_ms, { zone }).toISODate() ?? '',
      kind: one.token_kind,
      quantity,
      cost,
      wasted_quantity: one.is_wasted ? quantity : 0n,
      wasted_cost: one.is_wasted ? cost : 0n,
      currency,
      book_prices: [...new Set(prices.map(row => converted(parseDecimal(row.unit_price), row.currency)))],
    })
  }
  return charged
}

function nameOf(model: string, kind: string): string {
  return `${model}\n${kind}`
}

/** Our side: what was charged for a provider's traffic at list price, by its days. */
import { DateTime } from 'luxon'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { readQuantities } from '../charges/read-quantities.ts'
import { type Decimal, multiply } from '../decimal.ts'
import { providerNames } from '../price-book/provider-names.ts'
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
  for (const one of quantities) {
    const { provider } = providerNames(one.upstream)
    if (one.upstream_kind !== 'provider' || !providers.has(provider)) continue
    if (one.list_unit_price === null) charged.unpriced += one.quantity
    const listed = multiply(one.list_unit_price ?? 0n, one.quantity)
    const cost = listed === 0n ? 0n : multiply(listed, exchangeRateAt(terms.exchange_rates, one.currency, currency, one.period_start_ms))
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
    })
  }
  return charged
}

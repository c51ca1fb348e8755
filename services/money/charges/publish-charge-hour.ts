import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { HOUR, type Now, SECOND } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import { type Decimal, formatDecimal } from '../decimal.ts'
import type { Terms } from '../terms/terms.ts'
import type { Charge } from './charge.ts'
import { termsCuts } from './cuts.ts'
import { rateCharges } from './rate-charges.ts'
import { readQuantities } from './read-quantities.ts'

/** A row of `charges_per_hour`, beside its hour and versions. */
interface ChargeHour {
  tenant_id: string
  route: string
  model: string
  upstream_kind: string
  upstream: string
  token_kind: string
  price_version: number
  currency: string
  quantity: Decimal
  unpriced_quantity: Decimal
  list_cost: Decimal
  contracted_cost: Decimal
  effective_cost: Decimal
  wasted_cost: Decimal
  estimated_cost: Decimal
}

/** The first amount that Decimal128(18) cannot hold: 10^20. */
const MAX_AMOUNT: Decimal = 10n ** 38n

const keyColumns = ['tenant_id', 'route', 'model', 'upstream_kind', 'upstream', 'token_kind', 'price_version', 'currency'] as const
const sumColumns = [
  'quantity',
  'unpriced_quantity',
  'list_cost',
  'contracted_cost',
  'effective_cost',
  'wasted_cost',
  'estimated_cost',
] as const

/** What publishing needs. `onRefused` is told of a tenant whose charges cannot be computed, and why. */
export interface PublishChargeDeps {
  clickhouse: ClickHouse
  now: Now
  onRefused: (tenant_id: string, reason: unknown) => void
}

/**
 * Publishes what tenants are charged for the UTC hour that begins at `hourStartMs` to `charges_per_hour`, in one insert, in place of what
 * was published before; gives how many rows. To be called when a minute of the hour is settled, or the terms have changed. Each tenant is
 * rated by itself: one that cannot be (no exchange rate, a quantity that is no count, an amount without end) is left out of the hour and
 * told, the others are published. Rejects with the AppErrors of ClickHouse; then nothing has changed.
 */
export async function publishChargeHour(hourStartMs: number, terms: Terms, deps: PublishChargeDeps): Promise<number> {
  const { clickhouse, now } = deps
  // Taken before reading: of two that publish at once the one that read later is current.
  const version = now()
  const period = { start_ms: hourStartMs, end_ms: hourStartMs + HOUR }
  const quantities = await readQuantities({ period, cuts: termsCuts(terms), hasRoutes: true }, clickhouse)
  const pools = new Set(terms.pools.map(({ pool }) => pool))
  const rows = [...Map.groupBy(quantities, one => one.tenant_id)].flatMap(([tenant_id, own]) => {
    try {
      return sumByKey(rateCharges(own, terms), pools).map(checked)
    } catch (error) {
      deps.onRefused(tenant_id, error)
      return []
    }
  })
  await clickhouse.insert(
    'charges_per_hour',
    ['hour_start', 'published_version', 'terms_version', ...keyColumns, ...sumColumns],
    rows.map(row => [
      ...[hourStartMs / SECOND, version, terms.version],
      ...keyColumns.map(column => row[column]),
      ...sumColumns.map(column => formatDecimal(row[column])),
    ]),
  )
  if (quantities.length === 0) await withdraw(hourStartMs / SECOND, clickhouse)
  return rows.length
}

/** The row, if the table can hold it; else throws, since one value that ClickHouse refuses would cost all tenants the insert. */
function checked(row: ChargeHour): ChargeHour {
  for (const column of sumColumns) {
    if (row[column] >= MAX_AMOUNT || row[column] <= -MAX_AMOUNT)
      throw new AppError('PRICE_INVALID', `${column} of ${row.token_kind} of ${row.model} is ${formatDecimal(row[column])} ${row.currency}`)
  }
  return row
}

function sumByKey(charges: readonly Charge[], pools: ReadonlySet<string>): ChargeHour[] {
  const sums = new Map<string, ChargeHour>()
  for (const charge of charges) {
    const row = hourOf(charge, pools)
    const name = JSON.stringify(keyColumns.map(column => row[column]))
    const sum = sums.get(name)
    if (sum === undefined) {
      sums.set(name, row)
      continue
    }
    for (const column of sumColumns) sum[column] += row[column]
  }
  return [...sums.values()]
}

function hourOf(charge: Charge, pools: ReadonlySet<string>): ChargeHour {
  const { effective_cost, quantity } = charge
  const isUnpriced = charge.contracted_unit_price === null && !(charge.upstream_kind === 'pool' && pools.has(charge.upstream))
  return {
    tenant_id: charge.tenant_id,
    route: charge.route,
    model: charge.response_model || charge.request_model,
    upstream_kind: charge.upstream_kind,
    upstream: charge.upstream,
    token_kind: charge.token_kind,
    price_version: charge.price_version,
    currency: charge.currency,
    quantity,
    unpriced_quantity: isUnpriced ? quantity : 0n,
    list_cost: charge.list_cost,
    contracted_cost: charge.contracted_cost,
    effective_cost,
    wasted_cost: charge.is_wasted ? effective_cost : 0n,
    estimated_cost: charge.estimate_method === '' ? 0n : effective_cost,
  }
}

/** Without a charge there is no newer version that would hide the old rows. */
async function withdraw(hour: number, clickhouse: ClickHouse): Promise<void> {
  const published = await clickhouse.query(
    "SELECT 1 AS found FROM {database}.charges_per_hour WHERE hour_start = {hour:DateTime('UTC')} LIMIT 1",
    { hour },
  )
  if (published.length > 0)
    await clickhouse.command("DELETE FROM {database}.charges_per_hour WHERE hour_start = {hour:DateTime('UTC')}", { hour })
}

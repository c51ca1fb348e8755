import type { ClickHouse, QueryParameters } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { SECOND } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import { parseDecimal } from '../decimal.ts'
import type { ChargeKey, ChargeQuantity } from './charge.ts'
import { buildCuts, type Period } from './cuts.ts'

/** Which quantities are read, and how they are summed. */
export interface QuantityChoice {
  period: Period
  /** Instants, ms, at which sums are parted, beside the period's start; those outside it are ignored. */
  cuts: Iterable<number>
  /** Only these tenants, or all but these; absent: every tenant. */
  tenants?: { only: readonly string[] } | { except: readonly string[] } | undefined
  /** Keep routes apart (else `route` is empty), which statements do not need. */
  hasRoutes: boolean
  /** What to read instead of all minutes: text for a table with the columns of charges_per_minute, and its parameters. */
  rows?: { readonly sql: string; readonly parameters: QueryParameters } | undefined
  /** Most sums; STATEMENT_TOO_LARGE beyond. undefined: any number. */
  most?: number | undefined
}

type Row = ChargeKey & { period_start_s: number; list_unit_price: string | null; units: string; attempt_count: number }

const sql = readQuery(import.meta.url, 'quantities')

/**
 * Sums the settled quantities of a period by ChargeKey, unit price and cut, in a fixed order. The cost of a sum is its units × its unit
 * price, exactly: every row of `charges_per_minute` has one unit price. Rejects with ClickHouse's AppErrors.
 */
export async function readQuantities(choice: QuantityChoice, clickhouse: Pick<ClickHouse, 'query'>): Promise<ChargeQuantity[]> {
  const { period, tenants, most } = choice
  const source = choice.rows ?? { sql: '{database}.charges_per_minute_current', parameters: {} }
  const text = sql.replace('{route}', choice.hasRoutes ? 'route' : "'' AS route").replace('{rows}', () => source.sql)
  const rows = await clickhouse.query<Row>(most === undefined ? text : `${text} LIMIT ${most + 1}`, {
    from: period.start_ms / SECOND,
    to: period.end_ms / SECOND,
    cuts: buildCuts(period, choice.cuts).map(cut => cut / SECOND),
    tenants: tenants === undefined ? [] : 'only' in tenants ? tenants.only : tenants.except,
    only_tenants: tenants !== undefined && 'only' in tenants,
    ...source.parameters,
  })
  if (most !== undefined && rows.length > most) {
    throw new AppError(
      'STATEMENT_TOO_LARGE',
      `the month has more than ${most} sums of model, token kind, price and day: "weir statements" and "weir export focus" have no ` +
        `such bound`,
    )
  }
  return rows.map(({ period_start_s, list_unit_price, units, attempt_count, ...key }) => ({
    ...key,
    period_start_ms: period_start_s * SECOND,
    list_unit_price: list_unit_price === null ? null : parseDecimal(list_unit_price),
    quantity: parseDecimal(units),
    attempts: attempt_count,
  }))
}

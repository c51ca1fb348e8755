import { HOUSE_TENANT, HOUSE_TENANTS } from '../money/statements/detail.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { readQuery } from '../platform/clickhouse/read-query.ts'
import { DAY, SECOND } from '../platform/clock.ts'

const unbilledSql = readQuery(import.meta.url, 'unbilled-quarters')

interface Period {
  start_ms: number
  end_ms: number
}

/**
 * Tells of the start of a day of the span whether some statement is still to be made of it: none covers it, or a tenant with charges on
 * it, or on the day before or after, has no closed one of them. Without billing terms nothing is needed. Rejects with ClickHouse's
 * AppErrors.
 */
export async function readNeed(span: { fromMs: number; beforeMs: number }, clickhouse: ClickHouse): Promise<(dayMs: number) => boolean> {
  const [terms] = await clickhouse.query<{ versions: number }>('SELECT count() AS versions FROM {database}.billing_terms')
  if (terms?.versions === 0) return () => false
  const closed = await clickhouse.query<Period>(
    'SELECT DISTINCT period_start_ms AS start_ms, period_end_ms AS end_ms FROM {database}.statements',
  )
  const quarters = await clickhouse.query<{ start: number }>(unbilledSql, {
    from: span.fromMs / SECOND,
    before: Math.floor(span.beforeMs / SECOND),
    house: HOUSE_TENANT,
    house_tenants: HOUSE_TENANTS,
  })
  const unbilled = new Set(quarters.map(({ start }) => dayNumber(start * SECOND)))
  return dayMs => {
    const around = [dayMs - DAY, dayMs, dayMs + DAY]
    const isClosed = closed.some(({ start_ms, end_ms }) => dayMs >= start_ms && dayMs < end_ms)
    return !isClosed || around.some(ms => unbilled.has(dayNumber(ms)))
  }
}

/** The day (UTC) of an instant as YYYYMMDD. */
export function dayNumber(ms: number): number {
  return Number(new Date(ms).toISOString().slice(0, 10).replaceAll('-', ''))
}

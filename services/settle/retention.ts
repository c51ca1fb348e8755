import { tablesOf } from '../../schemas/tables.ts'
import { HOUSE_TENANT, HOUSE_TENANTS } from '../money/statements/detail.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { readQuery } from '../platform/clickhouse/read-query.ts'
import { DAY, delay, HOUR, type Now, SECOND } from '../platform/clock.ts'
import { AppError, messageOf } from '../platform/errors.ts'
import type { Logger } from '../platform/log.ts'

const oldDaysSql = readQuery(import.meta.url, 'old-raw-days')
const unbilledSql = readQuery(import.meta.url, 'unbilled-quarters')
const INTERVAL_MS = HOUR

/** A day of a raw table. `day`: YYYYMMDD as a number, as its partition is named. */
interface RawDay {
  table: string
  day: number
  rows: number
}

interface Period {
  start_ms: number
  end_ms: number
}

/**
 * Drops raw rows of whole days (UTC) that are more than `rawDays` old, and notes it in `dropped_days`; gives the days dropped. Where
 * there are billing terms, a day stays until every tenant with charges on it, or on the day before or after it, has a closed statement of
 * them: what is settled reaches over midnight. Settled tables and statements stay. Rejects with ClickHouse's AppErrors.
 */
export async function dropOldRawDays(config: { rawDays: number }, deps: { clickhouse: ClickHouse; now: Now }): Promise<readonly RawDay[]> {
  const { clickhouse } = deps
  const lastMs = deps.now() - (config.rawDays + 1) * DAY
  const old = await clickhouse.query<RawDay>(oldDaysSql, {
    database_name: clickhouse.database,
    tables: tablesOf('raw'),
    last_day: dayNumber(lastMs),
  })
  if (old.length === 0) return []
  const isNeeded = await readNeed({ fromMs: dayStartMs(old[0]?.day ?? 0) - DAY, beforeMs: lastMs + 2 * DAY }, clickhouse)
  const free = old.filter(({ day }) => !isNeeded(dayStartMs(day)))
  for (const { table, day, rows } of free) {
    // Noted first: a day that is noted and still there can be proven, one that is gone without a note would look like a fault.
    const cells = [table, new Date(dayStartMs(day)).toISOString().slice(0, 10), rows, deps.now()]
    await clickhouse.insert('dropped_days', ['table_name', 'day', 'rows', 'dropped_at_ms'], [cells])
    await clickhouse.command(`ALTER TABLE {database}.${table} DROP PARTITION ${Number(day)}`)
  }
  return free
}

/** Tells of the start of a day whether some statement is still to be made of it. */
async function readNeed(span: { fromMs: number; beforeMs: number }, clickhouse: ClickHouse): Promise<(dayMs: number) => boolean> {
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

function dayNumber(ms: number): number {
  return Number(new Date(ms).toISOString().slice(0, 10).replaceAll('-', ''))
}

function dayStartMs(day: number): number {
  return Date.UTC(Math.floor(day / 10_000), (Math.floor(day / 100) % 100) - 1, day % 100)
}

/** Drops old days at the start and every hour until `signal` aborts. A failed round is only logged: the next one does its work. */
export async function runRetention(
  config: { rawDays: number },
  deps: { clickhouse: ClickHouse; now: Now; logger: Logger },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const dropped = await dropOldRawDays(config, deps)
      if (dropped.length > 0) deps.logger.info({ days: dropped.length, first: dropped[0]?.day }, 'raw rows of old days were dropped')
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      deps.logger.warn({ reason: messageOf(error) }, 'old raw rows could not be dropped; the next round tries again')
    }
    await delay(INTERVAL_MS, signal)
  }
}

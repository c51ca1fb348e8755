import { tablesOf } from '../../schemas/tables.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { readQuery } from '../platform/clickhouse/read-query.ts'
import { DAY, delay, HOUR, type Now } from '../platform/clock.ts'
import { AppError, messageOf } from '../platform/errors.ts'
import type { Logger } from '../platform/log.ts'
import { dropOldMonths, type MonthAges } from './old-months.ts'
import { dayNumber, readNeed } from './read-need.ts'

const oldDaysSql = readQuery(import.meta.url, 'old-partitions').replaceAll('{unit}', 'day')
const INTERVAL_MS = HOUR

/** A day of a raw table. `day`: YYYYMMDD as a number, as its partition is named. */
interface RawDay {
  table: string
  day: number
  rows: number
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
    last: dayNumber(lastMs),
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

function dayStartMs(day: number): number {
  return Date.UTC(Math.floor(day / 10_000), (Math.floor(day / 100) % 100) - 1, day % 100)
}

/** Drops what is too old at the start and every hour until `signal` aborts. A failed round is only logged: the next one does its work. */
export async function runRetention(
  config: { rawDays: number } & MonthAges,
  deps: { clickhouse: ClickHouse; now: Now; logger: Logger },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const dropped = await dropOldRawDays(config, deps)
      if (dropped.length > 0) deps.logger.info({ days: dropped.length, first: dropped[0]?.day }, 'raw rows of old days were dropped')
      const months = await dropOldMonths(config, deps)
      if (months.length > 0) deps.logger.info({ months }, 'settled minutes or hours of old months were dropped')
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      deps.logger.warn({ reason: messageOf(error) }, 'old rows could not be dropped; the next round tries again')
    }
    await delay(INTERVAL_MS, signal)
  }
}

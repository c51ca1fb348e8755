/** Settled minutes and hours have an age: whole months of them are dropped, but for what statements are made of. */
import { agedTables, tablesOf } from '../../schemas/tables.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { readQuery } from '../platform/clickhouse/read-query.ts'
import { DAY, type Now } from '../platform/clock.ts'
import { readNeed } from './read-need.ts'

const monthsSql = readQuery(import.meta.url, 'old-partitions').replaceAll('{unit}', 'month')
const needsSql = readQuery(import.meta.url, 'month-needs')
const staleDaySql = 'SELECT DISTINCT toYYYYMM(day_start) AS month FROM {database}.stale_days'
const noteSql = readQuery(import.meta.url, 'note-dropped-days')

/** Ages in days; 0: for ever. */
export interface MonthAges {
  minuteDays: number
  hourDays: number
}

/** A month of a table. `month`: YYYYMM as a number, as its partition is named. */
export interface OldMonth {
  table: string
  month: number
  rows: number
}

/**
 * Drops settled minutes of months (UTC) whose last day is more than `minuteDays` old, and hours of months more than `hourDays` old, and
 * notes their days in `dropped_days`; gives what was dropped. Minutes stay while raw rows of their month are there (they could be settled
 * anew), while an hour of it is not made from them as they are, and while a statement of it is to be made, as raw days do. Hours stay
 * while minutes of their month do, and until days are made of them; days stay. Rejects with ClickHouse's AppErrors.
 */
export async function dropOldMonths(ages: MonthAges, deps: { clickhouse: ClickHouse; now: Now }): Promise<readonly OldMonth[]> {
  const minutes = await oldMonths(agedTables('settled'), ages.minuteDays, deps)
  const dropped: OldMonth[] = []
  for (const [month, ofMonth] of Map.groupBy(minutes, one => one.month)) {
    if (await isNeeded(month, deps.clickhouse)) continue
    for (const one of ofMonth) dropped.push(await drop(one, 'window_start', deps))
  }
  const hours = await oldMonths(agedTables('hourly'), ages.hourDays, deps)
  if (hours.length === 0) return dropped
  const left = new Set((await monthsOf(agedTables('settled'), deps.now(), deps.clickhouse)).map(({ month }) => month))
  const undone = await deps.clickhouse.query<{ month: number }>(staleDaySql)
  for (const { month } of undone) left.add(month)
  for (const one of hours) if (!left.has(one.month)) dropped.push(await drop(one, 'hour_start', deps))
  return dropped
}

async function oldMonths(tables: readonly string[], days: number, deps: { clickhouse: ClickHouse; now: Now }): Promise<OldMonth[]> {
  if (days === 0) return []
  // A month is old when the first day of the next one is.
  const lastMs = deps.now() - days * DAY
  const found = await monthsOf(tables, lastMs, deps.clickhouse)
  return found.filter(({ month }) => monthSpan(month).endMs <= lastMs)
}

async function monthsOf(tables: readonly string[], lastMs: number, clickhouse: ClickHouse): Promise<OldMonth[]> {
  const last = Number(new Date(lastMs).toISOString().slice(0, 7).replace('-', ''))
  return await clickhouse.query<OldMonth>(monthsSql, { database_name: clickhouse.database, tables, last })
}

async function isNeeded(month: number, clickhouse: ClickHouse): Promise<boolean> {
  const [needs] = await clickhouse.query<{ raw_parts: number; stale_hours: number }>(needsSql, {
    database_name: clickhouse.database,
    raw_tables: tablesOf('raw'),
    month,
  })
  if (needs === undefined || needs.raw_parts > 0 || needs.stale_hours > 0) return true
  const { startMs, endMs } = monthSpan(month)
  const isDayNeeded = await readNeed({ fromMs: startMs - DAY, beforeMs: endMs + DAY }, clickhouse)
  for (let dayMs = startMs; dayMs < endMs; dayMs += DAY) if (isDayNeeded(dayMs)) return true
  return false
}

/** Noted first, as raw days are; a month that is noted twice after a crash is gone all the same. */
async function drop(one: OldMonth, start: 'window_start' | 'hour_start', deps: { clickhouse: ClickHouse; now: Now }): Promise<OldMonth> {
  const { table, month } = one
  const text = noteSql.replaceAll('{table}', table).replaceAll('{start}', start)
  await deps.clickhouse.command(text, { table_name: table, month, now_ms: deps.now() })
  await deps.clickhouse.command(`ALTER TABLE {database}.${table} DROP PARTITION ${Number(month)}`)
  return one
}

function monthSpan(month: number): { startMs: number; endMs: number } {
  const [year, index] = [Math.floor(month / 100), (month % 100) - 1]
  return { startMs: Date.UTC(year, index), endMs: Date.UTC(year, index + 1) }
}

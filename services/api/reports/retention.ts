/** Questions that reach before the retention are refused by name: an answer of nothing would say that nothing happened. */
import { agedTables } from '../../../schemas/tables.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { DAY, SECOND } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import { type Period, secondsUp, timeText } from '../http/period.ts'
import { readRows } from '../http/read-limits.ts'

const droppedSql = readQuery(import.meta.url, 'dropped-days')

/** Starts (ms) of the days of the period of which rows of some of these tables were dropped. Rejects as readRows does. */
export async function droppedDays(tables: readonly string[], period: Period, deps: Parameters<typeof readRows>[2]): Promise<number[]> {
  if (tables.length === 0) return []
  const parameters = { tables, from: secondsUp(period.fromMs), to: secondsUp(period.toMs) }
  const rows = await readRows<{ day_start: number }>(droppedSql, parameters, deps)
  return rows.map(({ day_start }) => day_start * SECOND)
}

/** The tables whose rows have an age and whose current rows a query names. */
export function agedIn(sql: string): readonly string[] {
  return [...agedTables('settled'), ...agedTables('hourly')].filter(name => sql.includes(`.${name}_current`))
}

/** Throws API_ROWS_DROPPED when some of the days lie in one of the periods; `hint` says what can be asked instead. */
export function requireKept(days: readonly number[], periods: readonly Period[], hint: string): void {
  const inside = days.filter(day => periods.some(({ fromMs, toMs }) => day < toMs && day + DAY > fromMs))
  const last = inside.at(-1)
  if (last === undefined) return
  throw new AppError(
    'API_ROWS_DROPPED',
    `rows up to ${timeText(last + DAY)} that this needs were dropped because of their age ` +
      `(WEIR_RETENTION_MINUTE_DAYS, WEIR_RETENTION_HOUR_DAYS): ${hint}`,
  )
}

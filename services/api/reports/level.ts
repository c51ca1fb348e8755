/**
 * The coarsest settled rows that answer a question exactly: hours where a range holds whole ones that are up to date, minutes elsewhere.
 */
import { type HourlyName, hourlyColumns } from '../../../schemas/hourly.ts'
import type { QueryParameters } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { HOUR, SECOND } from '../../platform/clock.ts'
import type { Question } from '../http/parameters.ts'
import { stepOrigin } from '../http/period.ts'
import { readRows } from '../http/read-limits.ts'

/** Fewer whole hours than this are read from their minutes: to look which are up to date costs more. */
const LEAST_HOURS = 6
/** More hours that are not up to date than this, and minutes are read. */
const MOST_STALE = 2_000

const sourceSql = readQuery(import.meta.url, 'hours-and-minutes')
const staleSql = readQuery(import.meta.url, 'stale-hours')

/** What a report reads: text for `{rows}` in its query, and the parameters that this needs. */
export interface ReportSource {
  sql: string
  parameters: QueryParameters
}

/** Chooses the source for a report over settled minutes. Rejects as readRows does. */
export async function sourceOf(name: HourlyName, question: Question, deps: Parameters<typeof readRows>[2]): Promise<ReportSource> {
  const minutes = { sql: `{database}.${name}_per_minute_current`, parameters: {} }
  const hours = wholeHours(question)
  if (hours === undefined) return minutes
  const parameters = { from_hour: hours.fromMs / SECOND, to_hour: hours.toMs / SECOND, limit: MOST_STALE + 1 }
  const stale = await readRows<{ hour: number }>(staleSql, parameters, deps)
  if (stale.length > MOST_STALE) return minutes
  const sql = sourceSql.replaceAll('{table}', name).replaceAll('{columns}', hourlyColumns(name).join(', '))
  return { sql, parameters: { from_hour: parameters.from_hour, to_hour: parameters.to_hour, stale_hours: stale.map(({ hour }) => hour) } }
}

/** The whole hours of the range; undefined: too few, or a step that divides hours. */
function wholeHours({ period, stepMs }: Question): { fromMs: number; toMs: number } | undefined {
  if (stepMs !== undefined && (stepMs % HOUR !== 0 || stepOrigin(stepMs) % HOUR !== 0)) return undefined
  const fromMs = Math.ceil(period.fromMs / HOUR) * HOUR
  const toMs = Math.floor(period.toMs / HOUR) * HOUR
  return toMs - fromMs < LEAST_HOURS * HOUR ? undefined : { fromMs, toMs }
}

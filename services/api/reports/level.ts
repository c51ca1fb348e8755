/**
 * The coarsest settled rows that answer a question exactly: hours where a range holds whole ones that are up to date, minutes elsewhere.
 */
import { type HourlyName, hourlyColumns } from '../../../schemas/hourly.ts'
import type { QueryParameters } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { HOUR, SECOND } from '../../platform/clock.ts'
import type { Question } from '../http/parameters.ts'
import { MAX_PERIOD_MS, type Period, stepOrigin } from '../http/period.ts'
import { readRows } from '../http/read-limits.ts'
import { agedIn, droppedDays, requireKept } from './retention.ts'

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

/**
 * Chooses the source for a report over settled minutes. Days whose minutes were dropped for their age are read from their hours. Rejects
 * with API_ROWS_DROPPED where hours cannot tell what is asked, or are dropped too, and as readRows does.
 */
export async function sourceOf(name: HourlyName, question: Question, deps: Parameters<typeof readRows>[2]): Promise<ReportSource> {
  const { period } = question
  const minutes = { sql: `{database}.${name}_per_minute_current`, parameters: {} }
  const gone = await droppedDays(agedIn(minutes.sql), period, deps)
  const hours = wholeHours(question, gone.length > 0 ? 1 : LEAST_HOURS)
  requireKept(
    gone,
    hours
      ? [
          { fromMs: period.fromMs, toMs: hours.fromMs },
          { fromMs: hours.toMs, toMs: period.toMs },
        ].filter(isSpan)
      : [period],
    'of the time before, ask for whole hours and steps of whole hours',
  )
  if (hours === undefined) return minutes
  const mostStale = gone.length > 0 ? MAX_PERIOD_MS / HOUR : MOST_STALE
  const parameters = { from_hour: hours.fromMs / SECOND, to_hour: hours.toMs / SECOND, limit: mostStale + 1 }
  const stale = await readRows<{ hour: number }>(staleSql, parameters, deps)
  if (stale.length > mostStale) return minutes
  const sql = sourceSql.replaceAll('{table}', name).replaceAll('{columns}', hourlyColumns(name).join(', '))
  const goneHours = gone.length > 0 ? await droppedDays(agedIn(`.${name}_per_hour_current`), hours, deps) : []
  requireKept(goneHours, [hours], 'ask for the time after')
  return { sql, parameters: { from_hour: parameters.from_hour, to_hour: parameters.to_hour, stale_hours: stale.map(({ hour }) => hour) } }
}

function isSpan({ fromMs, toMs }: Period): boolean {
  return fromMs < toMs
}

/** The whole hours of the range; undefined: fewer than `least`, or a step that divides hours. */
function wholeHours({ period, stepMs }: Question, least: number): Period | undefined {
  if (stepMs !== undefined && (stepMs % HOUR !== 0 || stepOrigin(stepMs) % HOUR !== 0)) return undefined
  const fromMs = Math.ceil(period.fromMs / HOUR) * HOUR
  const toMs = Math.floor(period.toMs / HOUR) * HOUR
  return toMs - fromMs < least * HOUR ? undefined : { fromMs, toMs }
}

/**
 * The coarsest settled rows that answer a question exactly: days (UTC) and hours where a range holds whole ones that are up to date,
 * minutes elsewhere.
 */
import type { QueryParameters } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { DAY, HOUR, SECOND } from '../../platform/clock.ts'
import type { Question } from '../http/parameters.ts'
import { MAX_PERIOD_MS, type Period, stepOrigin } from '../http/period.ts'
import { readRows } from '../http/read-limits.ts'
import type { LevelRows } from './level-rows.ts'
import { agedIn, droppedDays, requireKept } from './retention.ts'

/** Fewer whole hours than this are read from their minutes: to look which are up to date costs more. */
const LEAST_HOURS = 6
/** More hours that are not up to date than this, and minutes are read. */
const MOST_STALE = 2_000

const levelSql = {
  days: readQuery(import.meta.url, 'level-days'),
  hours: readQuery(import.meta.url, 'level-hours'),
  minutes: readQuery(import.meta.url, 'level-minutes'),
}
const staleHoursSql = readQuery(import.meta.url, 'stale-hours')
const staleDaysSql = readQuery(import.meta.url, 'stale-days')

/** What a report reads: text for `{rows}` in its query, and the parameters that this needs. */
export interface ReportSource {
  sql: string
  parameters: QueryParameters
}

/**
 * Chooses the source for a report over settled minutes. Days whose minutes were dropped for their age are read from their hours or days.
 * `cuts`: instants (ms) that no row may reach over, such as midnights of other zones: hours and days around them are read from what is
 * finer. Rejects with API_ROWS_DROPPED where what is left cannot tell what is asked, and as readRows does.
 */
export async function sourceOf(
  rows: LevelRows,
  question: Question,
  deps: Parameters<typeof readRows>[2],
  cuts: readonly number[] = [],
): Promise<ReportSource> {
  const { period } = question
  const minutes = { sql: rows.minutes, parameters: {} }
  const gone = await droppedDays(agedIn(rows.minutes), period, deps)
  const hours = rows.name && wholeSpans(question, HOUR, gone.length > 0 ? 1 : LEAST_HOURS)
  requireKept(gone, around(period, hours), 'of the time before, ask for whole hours and steps of whole hours')
  if (hours === undefined) return minutes
  const days = wholeSpans(question, DAY, 1) ?? { fromMs: hours.toMs, toMs: hours.toMs }
  const mostStale = gone.length > 0 ? MAX_PERIOD_MS / HOUR : MOST_STALE
  const bounds = {
    ...{ from_hour: hours.fromMs / SECOND, to_hour: hours.toMs / SECOND },
    ...{ from_day: days.fromMs / SECOND, to_day: days.toMs / SECOND },
  }
  const starts = async (sql: string, parameters: QueryParameters) =>
    (await readRows<{ start: number }>(sql, parameters, deps)).map(({ start }) => start)
  const [staleHours, staleDays] = await Promise.all([
    starts(staleHoursSql, { ...bounds, limit: mostStale + 1 }),
    days.fromMs < days.toMs ? starts(staleDaysSql, bounds) : [],
  ])
  if (staleHours.length > mostStale) return minutes
  const goneHours = gone.length > 0 ? await droppedDays(agedIn(`.${rows.name}_per_hour_current`), hours, deps) : []
  requireKept(goneHours, around(hours, days), 'ask for the time after')
  const finerHours = [...staleHours, ...spansWith(cuts, HOUR)]
  const finerDays = [...staleDays, ...spansWith(cuts, DAY), ...finerHours.map(start => start - (start % (DAY / SECOND)))]
  const needed = [
    ...(days.fromMs < days.toMs ? [levelSql.days] : []),
    ...(around(hours, days).length > 0 || finerDays.length > 0 ? [levelSql.hours] : []),
    ...(around(period, hours).length > 0 || finerHours.length > 0 ? [levelSql.minutes] : []),
  ]
  const sql = needed
    .join(' UNION ALL ')
    .replaceAll('{table}', rows.name ?? '')
    .replaceAll('{columns}', rows.columns.join(', '))
    .replaceAll('{where}', rows.where)
    .replace('{minutes}', () => rows.minutes)
  return { sql: `(${sql})`, parameters: { ...bounds, stale_hours: finerHours, stale_days: [...new Set(finerDays)] } }
}

/** The parts of a period before and after another within it; all of it without one. */
function around(period: Period, inner: Period | undefined): Period[] {
  const parts = inner && [
    { fromMs: period.fromMs, toMs: inner.fromMs },
    { fromMs: inner.toMs, toMs: period.toMs },
  ]
  return (parts ?? [period]).filter(({ fromMs, toMs }) => fromMs < toMs)
}

/** Starts (s) of the spans of this length with one of the instants (ms) inside. */
function spansWith(cuts: readonly number[], lengthMs: number): number[] {
  return cuts.filter(cut => cut % lengthMs !== 0).map(cut => (cut - (cut % lengthMs)) / SECOND)
}

/** The whole hours or days of the range; undefined: fewer than `least`, or a step that divides them. */
function wholeSpans({ period, stepMs }: Question, lengthMs: number, least: number): Period | undefined {
  if (stepMs !== undefined && (stepMs % lengthMs !== 0 || stepOrigin(stepMs) % lengthMs !== 0)) return undefined
  const fromMs = Math.ceil(period.fromMs / lengthMs) * lengthMs
  const toMs = Math.floor(period.toMs / lengthMs) * lengthMs
  return toMs - fromMs < least * lengthMs ? undefined : { fromMs, toMs }
}

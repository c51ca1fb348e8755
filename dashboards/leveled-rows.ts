/**
 * Which settled rows a panel reads, as SQL: whole days where a range holds some that are up to date, whole hours, minutes elsewhere. One
 * text decides it for Grafana and for the API alike, so it is all constants that the server works out before it reads.
 */
import { type HourlyName, hourlyColumns, hourlyTables } from '../schemas/levels/hourly.ts'
import { latencyGroupedBy } from '../schemas/levels/latency-groupings.ts'
import { groupedBy, poolGroupings, poolMinutesSql } from '../schemas/levels/pool-minutes.ts'

/** A row of a table of hours may stand for its minutes where no step divides an hour; so with days. */
const HOUR_S = 3_600
const DAY_S = 86_400

/**
 * Names for the head of a query with steps. A step that the range cuts, or that is not settled whole, would look like a fall: the steps of
 * `start` to `end` are whole, unless nothing but a part of one is settled.
 */
const wholeSteps = `
    toInt64({step}) AS step_s, toInt64(toUnixTimestamp({from})) AS from_s, toInt64(toUnixTimestamp({to})) AS to_s,
    arrayConcat((SELECT [toInt64(min(s.window_start)), toInt64(max(s.window_start))] FROM {database}.settled_windows AS s
        WHERE s.window_start >= {from} AND s.window_start < {to}), []) AS settled,
    intDiv(from_s + step_s - 1, step_s) * step_s AS first_step_s,
    intDiv(least(to_s, settled[2] + 60), step_s) * step_s AS last_step_end_s,
    if(last_step_end_s > greatest(first_step_s, settled[1]), last_step_end_s, to_s) AS end_s,
    if(first_step_s < end_s, first_step_s, from_s) AS start_s,`

/** The same without steps: all that is asked for. */
const wholeRange = `
    toInt64(${DAY_S}) AS step_s, toInt64(toUnixTimestamp({from})) AS start_s, toInt64(toUnixTimestamp({to})) AS end_s,`

/** The same for what is asked for and as much time before it, cut at a whole hour where days are compared. */
const withBefore = `
    toInt64(toUnixTimestamp({from})) AS from_s, toInt64(toUnixTimestamp({to})) AS end_s,
    if(end_s - from_s >= ${2 * DAY_S}, intDiv(from_s, ${HOUR_S}) * ${HOUR_S}, from_s) AS cut_s, 2 * cut_s - end_s AS start_s,
    multiIf(cut_s % ${DAY_S} = 0, ${DAY_S}, cut_s % ${HOUR_S} = 0, ${HOUR_S}, 60) AS step_s, toDateTime(cut_s, 'UTC') AS cut,`

const bounds = `
    toDateTime(start_s, 'UTC') AS range_start, toDateTime(end_s, 'UTC') AS range_end`

/**
 * Names for the head of a query that reads tables of hours and days: their parts of the range, and what of them is out of date. Bounds of
 * the latter too: sets that are worked out choose no parts of a table, bounds do.
 */
const levels = `,
    if(step_s % ${HOUR_S} = 0, intDiv(start_s + ${HOUR_S - 1}, ${HOUR_S}) * ${HOUR_S}, end_s) AS hours_from_s,
    greatest(hours_from_s, if(step_s % ${HOUR_S} = 0, intDiv(end_s, ${HOUR_S}) * ${HOUR_S}, end_s)) AS hours_to_s,
    if(step_s % ${DAY_S} = 0, intDiv(hours_from_s + ${DAY_S - 1}, ${DAY_S}) * ${DAY_S}, hours_to_s) AS days_from_s,
    greatest(days_from_s, if(step_s % ${DAY_S} = 0, intDiv(hours_to_s, ${DAY_S}) * ${DAY_S}, hours_to_s)) AS days_to_s,
    toDateTime(hours_from_s, 'UTC') AS hours_from, toDateTime(hours_to_s, 'UTC') AS hours_to,
    toDateTime(days_from_s, 'UTC') AS days_from, toDateTime(days_to_s, 'UTC') AS days_to,
    arrayConcat((SELECT groupArray(s.hour_start) FROM {database}.stale_hours AS s
        WHERE s.hour_start >= hours_from AND s.hour_start < hours_to), []) AS finer_hours,
    arrayConcat((SELECT groupArray(s.day_start) FROM {database}.stale_days AS s
        WHERE s.day_start >= days_from AND s.day_start < days_to), arrayMap(one -> toStartOfDay(one), finer_hours)) AS finer_days,
    if(empty(finer_days), hours_to, arrayMin(finer_days)) AS finer_from,
    if(empty(finer_days), hours_to, arrayMax(finer_days) + ${DAY_S}) AS finer_to,
    if(empty(finer_hours), range_end, arrayMin(finer_hours)) AS stale_from,
    if(empty(finer_hours), range_end, arrayMax(finer_hours) + ${HOUR_S}) AS stale_to`

/** The levels that a query reads: all that are exact, or minutes alone where it is known that no hour is read whole. */
export type Levels = 'all' | 'minutes'

/** The head that the text of a query needs, with its WITH. */
export function headOf(text: string, read: Levels = 'all'): string {
  const range = /\bcut\b/.test(text) ? withBefore : text.includes('{bucket}') || /\bstep_s\b/.test(text) ? wholeSteps : wholeRange
  const isLeveled = read === 'all' && (text.includes('{rows:') || text.includes('{latency:'))
  return `WITH${range}${bounds}${isLeveled ? levels : ''}\n`
}

/** The rows of `{rows:<table>}`: those of all levels, each with its start as window_start and the columns that the query names. */
export function leveledRows(name: string, query: string, read: Levels): string {
  if (!(name in hourlyTables)) throw new Error(`{rows:${name}} names no table of minutes and hours`)
  const columns = columnsIn(query, name as HourlyName)
  const days = name === 'pool' ? daysAndHours(name, columns, `AND grouped_by = '${groupedBy(POOLS)}'`) : daysAndHours(name, columns, '')
  const minutes = (name === 'pool' ? minutesOfPools : minutesOf)(name, columns, read)
  return read === 'minutes' ? union(minutes) : union(days, minutes)
}

/**
 * The rows of `{latency:<grouping>}`: where `isOfAll` holds, of all tenants together as they were merged beforehand by that grouping, since
 * merging the quantiles of many rows is what takes the time; else those of each tenant.
 */
export function leveledLatency(grouping: readonly string[], isOfAll: string, query: string, read: Levels): string {
  const columns = columnsIn(query, 'latency')
  if (read === 'minutes') return union(minutesOf('latency', columns, read))
  const ofAll = columns.map(column => (column === 'tenant_id' ? "CAST('' AS LowCardinality(String)) AS tenant_id" : column))
  const grouped = `AND grouped_by = '${latencyGroupedBy(grouping)}' AND ${isOfAll}`
  return union(
    daysAndHours('latency_of_all', ofAll, grouped),
    daysAndHours('latency', columns, `AND NOT ${isOfAll}`),
    minutesOf('latency', columns, read),
  )
}

const union = (...parts: readonly string[]) => `(${parts.join('\n    UNION ALL')}\n)`

/** The columns of a table that a query names, or all that it might mean. */
function columnsIn(query: string, name: HourlyName): readonly string[] {
  const words = new Set(query.match(/\w+/g))
  return hourlyColumns(name).filter(column => words.has(column))
}

/** Pools are read by pool and model. */
const [POOLS = []] = poolGroupings

function daysAndHours(table: string, columns: readonly string[], where: string): string {
  return `
    SELECT day_start AS window_start, ${columns.join(', ')}
    FROM {database}.${table}_per_day_current
    WHERE day_start >= days_from AND day_start < days_to AND day_start NOT IN finer_days ${where}
    UNION ALL
    SELECT hour_start AS window_start, ${columns.join(', ')}
    FROM {database}.${table}_per_hour_current
    WHERE hour_start >= hours_from AND hour_start < hours_to
        AND (hour_start < days_from OR hour_start >= days_to
            OR (hour_start >= finer_from AND hour_start < finer_to AND toStartOfDay(hour_start) IN finer_days))
        AND hour_start NOT IN finer_hours ${where}`
}

/** The minutes of the range that are in none of its days and hours. */
function ofMinutes(column: string, read: Levels): string {
  const inRange = `${column} >= range_start AND ${column} < range_end`
  if (read === 'minutes') return inRange
  return `${inRange}
        AND (${column} < hours_from OR ${column} >= hours_to
            OR (${column} >= stale_from AND ${column} < stale_to AND toStartOfHour(${column}) IN finer_hours))`
}

function minutesOf(table: string, columns: readonly string[], read: Levels): string {
  return `
    SELECT window_start, ${columns.join(', ')}
    FROM {database}.${table}_per_minute_current
    WHERE ${ofMinutes('window_start', read)}`
}

/** Hours and days of pools keep sums where their minutes have means. */
function minutesOfPools(_: string, columns: readonly string[], read: Levels): string {
  const minutes = poolMinutesSql(POOLS, { minutes: '{database}.pool_per_minute_current', where: ofMinutes('r.window_start', read) })
  return `
    SELECT window_start, ${columns.join(', ')}
    FROM (${minutes})`
}

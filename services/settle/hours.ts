import { type HourlyName, type HourlyTable, hourlyColumns, hourlyTables, mergedColumns } from '../../schemas/levels/hourly.ts'
import { latencyGroupings, latencyMinutesSql } from '../../schemas/levels/latency-groupings.ts'
import { poolGroupings, poolMinutesSql } from '../../schemas/levels/pool-minutes.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { readQuery } from '../platform/clickhouse/read-query.ts'
import { DAY, delay, HOUR, MINUTE, type Now, SECOND } from '../platform/clock.ts'
import { AppError, messageOf } from '../platform/errors.ts'
import type { Logger } from '../platform/log.ts'

/** How often hours are looked for that have to be made. */
const EVERY_MS = MINUTE
/** An hour is made when none of its minutes was settled for so long; until then readers take the minutes. */
const QUIET_MS = 2 * MINUTE
/** Between looks at all of history only hours are looked at of which a minute was settled in this time. */
const RECENT_MS = 3 * HOUR
const ALL_EVERY_MS = 6 * HOUR
/** Hours made together, of at most so many days: tables have a partition a month. */
const MAX_HOURS = 500
const MAX_SPAN_MS = 60 * DAY
/** Days made together. */
const MAX_DAYS = 20

const dueSql = readQuery(import.meta.url, 'due-hours')
const rowsSql = readQuery(import.meta.url, 'hour-rows')
const currentSql = readQuery(import.meta.url, 'minutes-of-hours')
const dueDaysSql = readQuery(import.meta.url, 'due-days')
const dayRowsText = readQuery(import.meta.url, 'day-rows')

/** An hour or a day that is to be made. */
interface DueSpan {
  /** s. */
  start: number
  fingerprint: string
  newest_version: number
}

/** Spans that are made of smaller ones, and the parameter of their statement that lists them. */
const spans = {
  hour: { lengthMs: HOUR, list: 'hours', rowsSql: hourRowsSql },
  day: { lengthMs: DAY, list: 'days', rowsSql: dayRowsSql },
} as const

/** The statement that makes the rows of hours. Parameters: hours, from, until, version, newest_version. */
export function hourRowsSql(name: HourlyName): string {
  return levelRowsSql(rowsSql, name).replace('{minutes}', () => minutesOf(name))
}

/** The statement that makes the rows of days. Parameters: days, from, until, version, newest_version. */
export function dayRowsSql(name: HourlyName): string {
  return levelRowsSql(dayRowsText, name)
}

function levelRowsSql(text: string, name: HourlyName): string {
  const { keys } = hourlyTables[name]
  const merged = mergedColumns(name)
  return text
    .replaceAll('{table}', name)
    .replace('{columns}', [...keys, ...merged.map(({ column }) => column)].join(', '))
    .replace('{selected}', [...keys, ...merged.map(one => one.merged)].join(', '))
    .replace('{keys}', keys.join(', '))
}

/** The minutes that hours of the name are made of. */
function minutesOf(name: HourlyName): string {
  const { of = name }: HourlyTable = hourlyTables[name]
  const minutes = `{database}.${of}_per_minute`
  if (name !== 'pool' && name !== 'latency_of_all')
    return `(SELECT window_start, ${hourlyColumns(name).join(', ')} FROM ${minutes} WHERE ${currentSql})`
  const grouped =
    name === 'pool'
      ? poolGroupings.map(grouping => poolMinutesSql(grouping, { minutes, where: currentSql }))
      : latencyGroupings.map(grouping => latencyMinutesSql(grouping, { minutes, where: currentSql }))
  return `(${grouped.join(' UNION ALL ')})`
}

/**
 * Makes the hours that are over, at rest and not made from the current versions of their minutes, at most MAX_HOURS of them; gives how
 * many. An hour becomes current with one insert into settled_hours, which tells what it was made from: one that is overtaken is not used.
 */
export async function makeHours(
  { quietMs = QUIET_MS, settledSinceMs = 0 }: { quietMs?: number; settledSinceMs?: number },
  { clickhouse, now }: { clickhouse: ClickHouse; now: Now },
): Promise<number> {
  const nowMs = now()
  const due = await clickhouse.query<DueSpan>(dueSql, {
    until: Math.floor(nowMs / SECOND),
    quiet_since_ms: nowMs - quietMs,
    settled_since_ms: settledSinceMs,
    limit: MAX_HOURS,
  })
  return await makeSpans('hour', due, { clickhouse, nowMs })
}

/**
 * Makes the days (UTC) that are over, of which no hour is to be made, and that are not made of the current versions of their hours, at most
 * MAX_DAYS of them; gives how many. They become current as hours do.
 */
export async function makeDays({ clickhouse, now }: { clickhouse: ClickHouse; now: Now }): Promise<number> {
  const nowMs = now()
  const due = await clickhouse.query<DueSpan>(dueDaysSql, { until: Math.floor(nowMs / SECOND), limit: MAX_DAYS })
  return await makeSpans('day', due, { clickhouse, nowMs })
}

/** `due` in the order of their starts. Gives how many were made: those near enough to the first. */
async function makeSpans(
  unit: keyof typeof spans,
  due: readonly DueSpan[],
  { clickhouse, nowMs }: { clickhouse: ClickHouse; nowMs: number },
): Promise<number> {
  const from = due[0]?.start
  if (from === undefined) return 0
  const { lengthMs, list, rowsSql } = spans[unit]
  const made = due.filter(({ start }) => (start - from) * SECOND < MAX_SPAN_MS)
  const starts = made.map(({ start }) => start)
  // Versions of minutes grow with the clock in microseconds, and so do those of hours and days; one that is made again is newer than what
  // it is made of.
  const newest = Math.max(...made.map(({ newest_version }) => newest_version))
  const version = Math.max(nowMs * 1000, newest + 1)
  const parameters = { [list]: starts, from, until: (starts.at(-1) ?? from) + lengthMs / SECOND, version, newest_version: newest }
  for (const name of Object.keys(hourlyTables) as HourlyName[]) await clickhouse.command(rowsSql(name), parameters)
  await clickhouse.insert(
    `settled_${unit}s`,
    [`${unit}_start`, `${unit}_version`, 'fingerprint'],
    made.map(({ start, fingerprint }) => [start, version, fingerprint]),
  )
  return made.length
}

/**
 * Makes hours every minute, and days when hours were made, until `signal` aborts. A failed round is only logged: the next one does its
 * work.
 */
export async function runHours(deps: { clickhouse: ClickHouse; now: Now; logger: Logger }, signal: AbortSignal): Promise<void> {
  let allAtMs = 0
  while (!signal.aborted) {
    await delay(EVERY_MS, signal)
    if (signal.aborted) return
    const isAll = deps.now() >= allAtMs
    try {
      let made = 0
      let some: number
      do {
        some = await makeHours({ settledSinceMs: isAll ? 0 : deps.now() - RECENT_MS }, deps)
        made += some
      } while (!signal.aborted && some > 0)
      if (isAll || made > 0) while (!signal.aborted && (await makeDays(deps)) > 0);
      if (isAll) allAtMs = deps.now() + ALL_EVERY_MS
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      deps.logger.warn({ reason: messageOf(error) }, 'hours could not be made of settled minutes; the next round tries again')
    }
  }
}

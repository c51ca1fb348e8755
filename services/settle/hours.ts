import { type HourlyName, type HourlyTable, hourlyTables } from '../../schemas/hourly.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { readQuery } from '../platform/clickhouse/read-query.ts'
import { delay, HOUR, MINUTE, type Now, SECOND } from '../platform/clock.ts'
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
const MAX_SPAN_MS = 60 * 24 * HOUR

const dueSql = readQuery(import.meta.url, 'due-hours')
const rowsSql = readQuery(import.meta.url, 'hour-rows')

interface DueHour {
  /** Start, s. */
  hour: number
  fingerprint: string
  newest_version: number
}

/** The statement that makes the rows of hours. Parameters: hours, from, until, version, newest_version. */
export function hourRowsSql(name: HourlyName): string {
  const { keys, sums, maps, states }: HourlyTable = hourlyTables[name]
  const measures = [
    ...sums.map(column => `sum(m.${column}) AS ${column}`),
    ...maps.map(column => `sumMap(m.${column}) AS ${column}`),
    ...states.map(column => `quantilesBFloat16MergeState(0.5, 0.9, 0.95, 0.99)(m.${column}) AS ${column}`),
  ]
  return rowsSql
    .replaceAll('{table}', name)
    .replace('{columns}', [...keys, ...sums, ...maps, ...states].join(', '))
    .replace('{selected}', [...keys, ...measures].join(', '))
    .replace('{keys}', keys.join(', '))
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
  const due = await clickhouse.query<DueHour>(dueSql, {
    until: Math.floor(nowMs / SECOND),
    quiet_since_ms: nowMs - quietMs,
    settled_since_ms: settledSinceMs,
    limit: MAX_HOURS,
  })
  const first = due[0]
  if (first === undefined) return 0
  const made = due.filter(({ hour }) => (hour - first.hour) * SECOND < MAX_SPAN_MS)
  const hours = made.map(({ hour }) => hour)
  // Versions of minutes grow with the clock in microseconds, and so do those of hours; an hour that is made again is newer than its
  // minutes.
  const newest = Math.max(...made.map(({ newest_version }) => newest_version))
  const version = Math.max(nowMs * 1000, newest + 1)
  const parameters = { hours, from: first.hour, until: (hours.at(-1) ?? first.hour) + HOUR / SECOND, version, newest_version: newest }
  for (const name of Object.keys(hourlyTables) as HourlyName[]) await clickhouse.command(hourRowsSql(name), parameters)
  await clickhouse.insert(
    'settled_hours',
    ['hour_start', 'hour_version', 'fingerprint'],
    made.map(({ hour, fingerprint }) => [hour, version, fingerprint]),
  )
  return made.length
}

/** Makes hours every minute until `signal` aborts. A failed round is only logged: the next one does its work. */
export async function runHours(deps: { clickhouse: ClickHouse; now: Now; logger: Logger }, signal: AbortSignal): Promise<void> {
  let allAtMs = 0
  while (!signal.aborted) {
    await delay(EVERY_MS, signal)
    if (signal.aborted) return
    const isAll = deps.now() >= allAtMs
    try {
      while (!signal.aborted && (await makeHours({ settledSinceMs: isAll ? 0 : deps.now() - RECENT_MS }, deps)) > 0);
      if (isAll) allAtMs = deps.now() + ALL_EVERY_MS
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      deps.logger.warn({ reason: messageOf(error) }, 'hours could not be made of settled minutes; the next round tries again')
    }
  }
}

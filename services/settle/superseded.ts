import { tablesOf } from '../../schemas/tables.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { readQuery } from '../platform/clickhouse/read-query.ts'
import { delay, HOUR, MINUTE, type Now } from '../platform/clock.ts'
import { AppError, messageOf } from '../platform/errors.ts'
import type { Logger } from '../platform/log.ts'

const removeSql = readQuery(import.meta.url, 'remove-superseded')
const windowsSql = readQuery(import.meta.url, 'superseded-windows')
const removeSpansSql = readQuery(import.meta.url, 'remove-superseded-spans')
const spanTables = { hour: [...tablesOf('hourly'), ...tablesOf('hour')], day: [...tablesOf('daily'), ...tablesOf('day')] }
/** Of every window the highest version stays, so the table of windows is cleaned like the others, after them. */
const versionedTables = [...tablesOf('settled'), ...tablesOf('window')]
/** No settling takes that long: a version older than this that is not current is superseded or was cut off. */
const SAFE_AGE_MS = 15 * MINUTE
/** One partition of a scratch table, in versions. */
const SCRATCH_PARTITION_US = 3_600_000_000

/** What was cut off and never settled again is found by a look at all of history. */
const ALL_EVERY_MS = 6 * HOUR
/** More minutes than this are not listed: all of history is looked at. */
const MAX_WINDOWS = 2_000
const OF_WINDOWS = "AND window_start IN {windows:Array(DateTime('UTC'))}"

/**
 * Deletes rows of versions that are not current any more, and rows of settlings that were cut off before they were published. Gives the
 * version up to which it looked: `since` of the next call, which then looks only at minutes that were replaced or published from there on.
 * What was cut off and not settled again stays until a call without `since`. Rejects with the AppErrors of ClickHouse.
 */
export async function removeSuperseded(
  deps: { clickhouse: ClickHouse; now: Now },
  { since = 0 }: { since?: number } = {},
): Promise<number> {
  // Versions grow with the clock in microseconds (settle-windows.ts).
  const before = (deps.now() - SAFE_AGE_MS) * 1000
  await dropScratch(before, deps)
  for (const [unit, tables] of Object.entries(spanTables)) {
    const [{ superseded = 0 } = {}] = await deps.clickhouse.query<{ superseded: number }>(
      `SELECT count() - uniqExact(${unit}_start) AS superseded FROM {database}.settled_${unit}s WHERE ${unit}_version < {before:UInt64}`,
      { before },
    )
    // Of a making that was cut off before it was published rows are left until then: nobody reads them.
    if (superseded === 0) continue
    for (const table of tables)
      await deps.clickhouse.command(removeSpansSql.replace('{table}', table).replaceAll('{unit}', unit), { before })
  }
  await removeMinutes({ before, since }, deps)
  return before
}

async function removeMinutes(
  { before, since }: { before: number; since: number },
  { clickhouse }: { clickhouse: ClickHouse },
): Promise<void> {
  const isAll = since === 0
  const found = isAll ? [] : await clickhouse.query<{ window: number }>(windowsSql, { before, since, limit: MAX_WINDOWS + 1 })
  if (!isAll && found.length === 0) return
  const ofWindows = isAll || found.length > MAX_WINDOWS ? '' : OF_WINDOWS
  const parameters = { before, windows: found.map(({ window }) => window) }
  for (const table of versionedTables)
    await clickhouse.command(removeSql.replace('{table}', table).replaceAll('{of_windows}', ofWindows), parameters)
}

/** Scratch tables have a partition for each hour of versions. */
async function dropScratch(before: number, { clickhouse }: { clickhouse: ClickHouse }): Promise<void> {
  const parts = await clickhouse.query<{ table: string; partition: string }>(readQuery(import.meta.url, 'scratch-partitions'), {
    name: clickhouse.database,
    tables: tablesOf('scratch'),
    last: Math.floor(before / SCRATCH_PARTITION_US),
  })
  for (const { table, partition } of parts) await clickhouse.command(`ALTER TABLE {database}.${table} DROP PARTITION ${Number(partition)}`)
}

/** Removes superseded versions every `intervalMs` until `signal` aborts. A failed round is only logged: the next one does its work. */
export async function runRemoval(
  config: { intervalMs: number },
  deps: { clickhouse: ClickHouse; now: Now; logger: Logger },
  signal: AbortSignal,
): Promise<void> {
  let [since, allAtMs] = [0, 0]
  while (!signal.aborted) {
    await delay(config.intervalMs, signal)
    if (signal.aborted) return
    const isAll = deps.now() >= allAtMs
    try {
      since = await removeSuperseded(deps, { since: isAll ? 0 : since })
      if (isAll) allAtMs = deps.now() + ALL_EVERY_MS
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      deps.logger.warn({ reason: messageOf(error) }, 'superseded versions could not be removed; the next round tries again')
    }
  }
}

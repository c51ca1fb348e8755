import { tablesOf } from '../../schemas/tables.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { readQuery } from '../platform/clickhouse/read-query.ts'
import { delay, MINUTE, type Now } from '../platform/clock.ts'
import { AppError, messageOf } from '../platform/errors.ts'
import type { Logger } from '../platform/log.ts'

const removeSql = readQuery(import.meta.url, 'remove-superseded')
const removeSpansSql = readQuery(import.meta.url, 'remove-superseded-spans')
const spanTables = { hour: [...tablesOf('hourly'), ...tablesOf('hour')], day: [...tablesOf('daily'), ...tablesOf('day')] }
/** Of every window the highest version stays, so the table of windows is cleaned like the others, after them. */
const versionedTables = [...tablesOf('settled'), ...tablesOf('window')]
/** No settling takes that long: a version older than this that is not current is superseded or was cut off. */
const SAFE_AGE_MS = 15 * MINUTE
/** One partition of a scratch table, in versions. */
const SCRATCH_PARTITION_US = 3_600_000_000

/** Deletes rows of versions that are not current any more, and rows of settlings that were cut off before they were published. */
export async function removeSuperseded(deps: { clickhouse: ClickHouse; now: Now }): Promise<void> {
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
  for (const table of versionedTables) {
    await deps.clickhouse.command(removeSql.replace('{table}', table), { before })
  }
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
  while (!signal.aborted) {
    await delay(config.intervalMs, signal)
    if (signal.aborted) return
    try {
      await removeSuperseded(deps)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      deps.logger.warn({ reason: messageOf(error) }, 'superseded versions could not be removed; the next round tries again')
    }
  }
}

import { tablesOf } from '../../schemas/tables.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { delay, MINUTE, type Now } from '../platform/clock.ts'
import { AppError, messageOf } from '../platform/errors.ts'
import type { Logger } from '../platform/log.ts'

/** Of every window the highest version stays, so the table of windows is cleaned like the others, after them. */
const versionedTables = [...tablesOf('settled'), ...tablesOf('window')]
/** No settling takes that long: a version older than this that is not current is superseded or was cut off. */
const SAFE_AGE_MS = 15 * MINUTE

/** Deletes rows of versions that are not current any more, and rows of settlings that were cut off before they were published. */
export async function removeSuperseded(deps: { clickhouse: ClickHouse; now: Now }): Promise<void> {
  // Versions grow with the clock in microseconds (settle-window.ts).
  const before = (deps.now() - SAFE_AGE_MS) * 1000
  for (const table of tablesOf('scratch')) {
    await deps.clickhouse.command(`DELETE FROM {database}.${table} WHERE settle_version < {before:UInt64}`, { before })
  }
  for (const table of versionedTables) {
    await deps.clickhouse.command(
      `DELETE FROM {database}.${table} WHERE settle_version < {before:UInt64}
         AND (window_start, settle_version) NOT IN (SELECT window_start, max(settle_version) FROM {database}.settled_windows GROUP BY window_start)`,
      { before },
    )
  }
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

import { firstPrices } from '../money/price-book/first-prices.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { MINUTE } from '../platform/clock.ts'
import type { Settings } from '../platform/env.ts'
import type { EventLog } from '../platform/event-log/port.ts'
import { openProcessPage } from '../platform/process-page.ts'
import { runTogether } from '../platform/run-together.ts'
import type { FileChecks, ProcessDeps } from '../platform/service.ts'
import { runHours } from './hours.ts'
import { openPriceBookStore } from './price-book-store.ts'
import { buildReconciler } from './reconcile.ts'
import { runRetention } from './retention.ts'
import { settleTouched } from './run-settle.ts'
import { runRemoval } from './superseded.ts'

/** The settings that settle reads. */
export type SettleSettings = Pick<Settings, 'settle' | 'files' | 'process' | 'retention'>

/** The first prices. */
export const settleFiles: FileChecks = ({ files }) => (files.prices === undefined ? [] : [firstPrices(files.prices)])

const REMOVAL_INTERVAL_MS = 10 * MINUTE

/**
 * Settles touched windows, compares windows with raw rows, makes hours, removes superseded versions and old raw rows until `signal` aborts
 * (settleTouched says how), with a health page beside it.
 */
export async function runSettle(
  settings: SettleSettings,
  deps: ProcessDeps & { eventLog: EventLog; clickhouse: ClickHouse },
  signal: AbortSignal,
): Promise<void> {
  await using page = await openProcessPage('settle', { process: settings.process, port: settings.settle.metricsPort }, deps)
  const { metrics, progress, onReading } = page
  const prices = await openPriceBookStore({ pricesFile: settings.files.prices }, deps)
  const reconciler = buildReconciler({ ...deps, metrics })
  const settling = { ...deps, prices, metrics, progress, onReading, onGap: reconciler.ask }
  await runTogether(
    [
      stop => settleTouched(settings.settle, settling, stop),
      stop => runRemoval({ intervalMs: REMOVAL_INTERVAL_MS }, deps, stop),
      reconciler.run,
      stop => runHours(deps, stop),
      stop => runRetention(settings.retention, deps, stop),
    ],
    signal,
  )
}

import type { ClickHouse } from '../platform/clickhouse/client.ts'
import type { Settings } from '../platform/env.ts'
import type { EventLog } from '../platform/event-log/port.ts'
import { openProcessPage } from '../platform/process-page.ts'
import type { ProcessDeps } from '../platform/service.ts'
import { publishHours } from './publish-hours.ts'

/** The settings that charge reads. */
export type ChargeSettings = Pick<Settings, 'charge' | 'process'>

/** Publishes charges and pool costs by the hour until `signal` aborts (publishHours says how), with a health page beside it. */
export async function runCharge(
  settings: ChargeSettings,
  deps: ProcessDeps & { eventLog: EventLog; clickhouse: ClickHouse },
  signal: AbortSignal,
): Promise<void> {
  await using page = await openProcessPage('charge', { process: settings.process, port: settings.charge.metricsPort }, deps)
  const { metrics, progress, onReading } = page
  await publishHours(settings.charge, { ...deps, metrics, progress, onReading }, signal)
}

import type { ClickHouse } from '../platform/clickhouse/client.ts'
import type { Settings } from '../platform/env.ts'
import type { EventLog } from '../platform/event-log/port.ts'
import { buildProgress, openHealthServer } from '../platform/health.ts'
import { buildMetrics } from '../platform/metrics.ts'
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
  const { openHealth = openHealthServer } = deps
  const [metrics, progress] = [buildMetrics('charge', deps), buildProgress(deps.now, settings.process)]
  let isReading = false
  await using _health = await openHealth(
    { host: settings.process.metricsHost, port: settings.charge.metricsPort },
    { progress, registry: metrics.registry, isReady: () => isReading, parts: deps.parts },
  )
  const onReading = () => {
    isReading = true
    deps.onReady?.()
  }
  await publishHours(settings.charge, { ...deps, metrics, progress, onReading }, signal)
}

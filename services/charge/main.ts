import { openConfiguredClickHouse } from '../platform/clickhouse/open.ts'
import { systemNow } from '../platform/clock.ts'
import { openConfiguredEventLog } from '../platform/event-log/open.ts'
import { buildProgress, openHealthServer } from '../platform/health.ts'
import { buildMetrics } from '../platform/metrics.ts'
import { runService } from '../platform/service.ts'
import { runPublishing } from './publish-hours.ts'

await runService('charge', async ({ settings, logger, signal }) => {
  const metrics = buildMetrics('charge', { withProcess: true })
  const progress = buildProgress(systemNow, { stalledAfterMs: settings.process.stalledAfterMs })
  await using _health = await openHealthServer(
    { host: settings.process.metricsHost, port: settings.charge.metricsPort },
    { progress, registry: metrics.registry },
  )
  await using clickhouse = openConfiguredClickHouse(settings.clickhouse)
  await using eventLog = await openConfiguredEventLog(settings.log, { logger, now: systemNow })
  await runPublishing(settings.charge, { eventLog, clickhouse, metrics, progress, logger, now: systemNow }, signal)
})

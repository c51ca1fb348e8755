import { openConfiguredClickHouse } from '../platform/clickhouse/open.ts'
import { MINUTE, systemNow } from '../platform/clock.ts'
import { openConfiguredEventLog } from '../platform/event-log/open.ts'
import { buildProgress, openHealthServer } from '../platform/health.ts'
import { buildMetrics } from '../platform/metrics.ts'
import { runService } from '../platform/service.ts'
import { openPriceBookStore } from './price-book-store.ts'
import { runSettle } from './run-settle.ts'
import { runRemoval } from './superseded.ts'

await runService('settle', async ({ settings, logger, signal }) => {
  const metrics = buildMetrics('settle', { withProcess: true })
  const progress = buildProgress(systemNow, { stalledAfterMs: settings.process.stalledAfterMs })
  await using _health = await openHealthServer(
    { host: settings.process.metricsHost, port: settings.settle.metricsPort },
    { progress, registry: metrics.registry },
  )
  await using clickhouse = openConfiguredClickHouse(settings.clickhouse)
  await using eventLog = await openConfiguredEventLog(settings.log, { logger, now: systemNow })
  const prices = await openPriceBookStore({ pricesFile: settings.files.prices }, { clickhouse })
  const removal = runRemoval({ intervalMs: 10 * MINUTE }, { clickhouse, now: systemNow, logger }, signal)
  await runSettle(settings.settle, { eventLog, clickhouse, prices, metrics, progress, logger, now: systemNow }, signal)
  await removal
})

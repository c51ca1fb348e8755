import { readOwnDialects } from '../../schemas/dialects/custom/own-dialects.ts'
import { openConfiguredClickHouse } from '../platform/clickhouse/open.ts'
import { systemNow } from '../platform/clock.ts'
import { openConfiguredEventLog } from '../platform/event-log/open.ts'
import { buildProgress, openHealthServer } from '../platform/health.ts'
import { buildMetrics } from '../platform/metrics.ts'
import { runService } from '../platform/service.ts'
import { workerConfigFrom } from './config.ts'
import { runWorker } from './consume.ts'
import { buildDecoder, buildLineAt } from './decode/decode-message.ts'

await runService('worker', async ({ settings, logger, signal }) => {
  const metrics = buildMetrics('worker', { withProcess: true })
  const progress = buildProgress(systemNow, { stalledAfterMs: settings.process.stalledAfterMs })
  await using _health = await openHealthServer(
    { host: settings.process.metricsHost, port: settings.worker.metricsPort },
    { progress, registry: metrics.registry },
  )
  await using clickhouse = openConfiguredClickHouse(settings.clickhouse)
  await using eventLog = await openConfiguredEventLog(settings.log, { logger, now: systemNow })
  const ownDialects = await readOwnDialects(settings.files.dialects)
  const message = { logEpoch: eventLog.epoch, maxLineBytes: settings.ingest.maxLineBytes, ownDialects }
  const [decode, lineAt] = [buildDecoder(message), buildLineAt(message)]
  await runWorker(
    workerConfigFrom(settings.worker),
    { eventLog, clickhouse, decode, lineAt, progress, metrics, logger, now: systemNow },
    signal,
  )
})

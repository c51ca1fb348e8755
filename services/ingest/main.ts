import { delay, systemNow } from '../platform/clock.ts'
import { openConfiguredEventLog } from '../platform/event-log/open.ts'
import { buildProgress } from '../platform/health.ts'
import { buildMetrics } from '../platform/metrics.ts'
import { runService, untilAborted } from '../platform/service.ts'
import { openTokens } from '../platform/tokens.ts'
import { readIngestConfig } from './config.ts'
import { openTargets } from './discovery/open-targets.ts'
import { openIngest } from './ingest.ts'

await runService('ingest', async ({ settings, logger, signal }) => {
  const config = readIngestConfig(settings)
  const metrics = buildMetrics('ingest', { withProcess: true })
  const progress = buildProgress(systemNow, settings.process)
  await using tokens = settings.files.tokens === undefined ? undefined : await openTokens(settings.files.tokens, { logger })
  await using targets = settings.files.targets === undefined ? undefined : await openTargets(settings.files.targets, { logger })
  await using eventLog = await openConfiguredEventLog(settings.log, { now: systemNow, logger })
  await using ingest = await openIngest(
    { ...config, host: settings.ingest.host, port: settings.ingest.port },
    { eventLog, tokens, targets, metrics, progress, logger, now: systemNow, delay },
  )
  logger.info({ address: ingest.address }, 'ingest takes lines and metrics')
  await untilAborted(signal)
})

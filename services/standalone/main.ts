import { systemNow } from '../platform/clock.ts'
import { searchPath } from '../platform/env.ts'
import { runService, untilAborted } from '../platform/service.ts'
import { openStandalone } from './compose.ts'

await runService('standalone', async ({ settings, logger, signal }) => {
  await using standalone = await openStandalone(settings, { logger, now: systemNow, searchPath: searchPath() })
  logger.info({ ingest: standalone.ingestUrl, api: standalone.apiUrl }, 'all services run; send lines to ingest, read figures from the API')
  await Promise.race([untilAborted(signal), standalone.failed])
})

/** Starts the read API; `--check` validates the settings and ends. SIGTERM: requests under way are answered first. */

import { openConfiguredClickHouse } from '../platform/clickhouse/open.ts'
import { systemNow } from '../platform/clock.ts'
import { runService } from '../platform/service.ts'
import { runApi } from './api.ts'

await runService('api', async ({ settings, logger, signal }) => {
  await using clickhouse = openConfiguredClickHouse(settings.clickhouse)
  await runApi(
    { ...settings.api, tokensFile: settings.files.tokens, stalledAfterMs: settings.process.stalledAfterMs },
    { clickhouse, logger, now: systemNow, signal },
  )
})

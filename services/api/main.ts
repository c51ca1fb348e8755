import { openConfiguredClickHouse } from '../platform/clickhouse/open.ts'
import { runService } from '../platform/service.ts'
import { apiFiles, runApi } from './api.ts'

await runService('api', apiFiles, async ({ settings, deps, signal }) => {
  await using clickhouse = openConfiguredClickHouse(settings.clickhouse)
  await runApi(settings, { ...deps, clickhouse }, signal)
})

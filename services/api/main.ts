import { openConfiguredClickHouse } from '../platform/clickhouse/open.ts'
import { runService } from '../platform/service.ts'
import { runApi } from './api.ts'

await runService('api', async ({ settings, deps, signal }) => {
  await using clickhouse = openConfiguredClickHouse(settings.clickhouse)
  await runApi(settings, { ...deps, clickhouse }, signal)
})

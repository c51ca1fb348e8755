import { openConfiguredClickHouse } from '../platform/clickhouse/open.ts'
import { openConfiguredEventLog } from '../platform/event-log/open.ts'
import { runService } from '../platform/service.ts'
import { migrateFiles, runMigrate } from './migrate.ts'

await runService('migrate', migrateFiles, async ({ settings, deps }) => {
  await using clickhouse = openConfiguredClickHouse(settings.clickhouse)
  await using eventLog = await openConfiguredEventLog(settings.log, deps)
  await runMigrate(settings, { ...deps, clickhouse, eventLog })
})

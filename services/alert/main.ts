import { openConfiguredClickHouse } from '../platform/clickhouse/open.ts'
import { openConfiguredEventLog } from '../platform/event-log/open.ts'
import { runService } from '../platform/service.ts'
import { alertFiles, runAlert } from './alert.ts'

await runService('alert', alertFiles, async ({ settings, deps, signal }) => {
  await using clickhouse = openConfiguredClickHouse(settings.clickhouse)
  await using eventLog = await openConfiguredEventLog(settings.log, deps)
  await runAlert(settings, { ...deps, clickhouse, eventLog }, signal)
})

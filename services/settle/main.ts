import { openConfiguredClickHouse } from '../platform/clickhouse/open.ts'
import { openConfiguredEventLog } from '../platform/event-log/open.ts'
import { runService } from '../platform/service.ts'
import { runSettle, settleFiles } from './settle.ts'

await runService('settle', settleFiles, async ({ settings, deps, signal }) => {
  await using clickhouse = openConfiguredClickHouse(settings.clickhouse)
  await using eventLog = await openConfiguredEventLog(settings.log, deps)
  await runSettle(settings, { ...deps, clickhouse, eventLog }, signal)
})

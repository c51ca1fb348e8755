import { openConfiguredClickHouse } from '../platform/clickhouse/open.ts'
import { openConfiguredEventLog } from '../platform/event-log/open.ts'
import { runService } from '../platform/service.ts'
import { runWorker, workerFiles } from './worker.ts'

await runService('worker', workerFiles, async ({ settings, deps, signal }) => {
  await using clickhouse = openConfiguredClickHouse(settings.clickhouse)
  await using eventLog = await openConfiguredEventLog(settings.log, deps)
  await runWorker(settings, { ...deps, clickhouse, eventLog }, signal)
})

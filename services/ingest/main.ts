import { openConfiguredEventLog } from '../platform/event-log/open.ts'
import { runService } from '../platform/service.ts'
import { ingestFiles, runIngest } from './ingest.ts'

await runService('ingest', ingestFiles, async ({ settings, deps, signal }) => {
  await using eventLog = await openConfiguredEventLog(settings.log, deps)
  await runIngest(settings, { ...deps, eventLog }, signal)
})

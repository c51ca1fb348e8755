import { openConfiguredClickHouse } from '../platform/clickhouse/open.ts'
import { openConfiguredEventLog } from '../platform/event-log/open.ts'
import type { EventLog } from '../platform/event-log/port.ts'
import { runService } from '../platform/service.ts'
import { apiFiles, runApi } from './api.ts'

await runService('api', apiFiles, async ({ settings, deps, signal }) => {
  await using opened = new AsyncDisposableStack()
  const clickhouse = opened.use(openConfiguredClickHouse(settings.clickhouse))
  let eventLog: Promise<EventLog> | undefined
  const openEventLog = () => {
    eventLog ??= openConfiguredEventLog(settings.log, deps).then(log => opened.use(log))
    // One that could not be opened is tried again at the next need.
    eventLog.catch(() => {
      eventLog = undefined
    })
    return eventLog
  }
  await runApi(settings, { ...deps, clickhouse, openEventLog }, signal)
})

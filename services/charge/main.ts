import { openConfiguredClickHouse } from '../platform/clickhouse/open.ts'
import { openConfiguredEventLog } from '../platform/event-log/open.ts'
import { runService } from '../platform/service.ts'
import { runCharge } from './charge.ts'

await runService(
  'charge',
  () => [],
  async ({ settings, deps, signal }) => {
    await using clickhouse = openConfiguredClickHouse(settings.clickhouse)
    await using eventLog = await openConfiguredEventLog(settings.log, deps)
    await runCharge(settings, { ...deps, clickhouse, eventLog }, signal)
  },
)

import type { ToolClickHouse } from '../clickhouse/tool.ts'
import type { Now } from '../clock.ts'
import type { Settings } from '../env.ts'
import { openConfiguredEventLog } from './open.ts'
import type { EventLog } from './port.ts'

/**
 * The event log that belongs with a command's ClickHouse: that of the settings, or of the standalone or demo that was found running. The
 * embedded one takes appends of several processes (embedded-database.ts). Rejects with EVENT_LOG_UNAVAILABLE.
 */
export async function openToolEventLog(
  settings: Pick<Settings, 'log'>,
  deps: { clickhouse: Pick<ToolClickHouse, 'dataDir' | 'brokers'>; now: Now },
): Promise<EventLog> {
  const { dataDir, brokers } = deps.clickhouse
  const found = brokers.length > 0 ? { kind: 'kafka' as const, brokers: [...brokers] } : {}
  return await openConfiguredEventLog({ ...settings.log, dataDir, ...found }, { now: deps.now })
}

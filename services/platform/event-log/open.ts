import { join } from 'node:path'
import type { Now } from '../clock.ts'
import type { Settings } from '../env.ts'
import type { Logger } from '../log.ts'
import type { EventLog } from './port.ts'

/**
 * Which event log, and where. `epoch` is the operator's part of a Kafka log's identity: raise it when topics were deleted and made anew.
 */
export type EventLogConfig =
  | { kind: 'embedded'; directory: string }
  | { kind: 'kafka'; brokers: readonly string[]; epoch: string; clientId?: string; sessionTimeoutMs?: number }

/** The operator's part of the epoch as long as it was never raised. */
const FIRST_EPOCH = '1'

/** Opens the event log that the configuration names; each adapter is loaded only when it is the one. Throws EVENT_LOG_UNAVAILABLE. */
export async function openEventLog(config: EventLogConfig, deps: { now: Now; logger?: Logger }): Promise<EventLog> {
  if (config.kind === 'embedded') {
    const { openEmbeddedEventLog } = await import('./embedded.ts')
    return await openEmbeddedEventLog({ directory: config.directory }, { now: deps.now })
  }
  const { openKafkaEventLog } = await import('./kafka.ts')
  const { brokers, epoch, clientId = 'weir', sessionTimeoutMs } = config
  return await openKafkaEventLog({ brokers, clientId, configuredEpoch: epoch, ...(sessionTimeoutMs && { sessionTimeoutMs }) }, deps)
}

/** Opens the event log that the settings name. The embedded one lives in `event-log` under the data directory. */
export async function openConfiguredEventLog(
  settings: Omit<Settings['log'], 'sessionTimeoutMs'> & { sessionTimeoutMs?: number },
  deps: { now: Now; logger?: Logger },
): Promise<EventLog> {
  if (settings.kind === 'embedded') return await openEventLog({ kind: 'embedded', directory: join(settings.dataDir, 'event-log') }, deps)
  const { brokers, epoch = FIRST_EPOCH, sessionTimeoutMs } = settings
  return await openEventLog({ kind: 'kafka', brokers, epoch, ...(sessionTimeoutMs && { sessionTimeoutMs }) }, deps)
}

import { delay } from '../platform/clock.ts'
import type { Consumer, EventLog } from '../platform/event-log/port.ts'
import type { Logger } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'

/** What the lag is read from and told to. `onLag` is called whenever a partition of this member has unread or uncommitted records. */
export interface LagDeps {
  eventLog: Pick<EventLog, 'offsets'>
  consumer: Pick<Consumer, 'owns'>
  metrics: Pick<Metrics<'worker'>, 'event_log_lag_records'>
  logger: Pick<Logger, 'debug'>
  onLag: () => void
}

/**
 * Sets the lag of every partition of `topics` every `intervalMs` until `signal` aborts. A partition of another member counts 0 here, so
 * that sums over members are right.
 */
export async function runLagReport(
  config: { group: string; topics: readonly string[]; intervalMs: number },
  deps: LagDeps,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      for (const topic of config.topics) await reportLag(topic, config.group, deps)
    } catch (error) {
      deps.logger.debug({ err: error }, 'the lag could not be read; it is tried again')
    }
    await delay(config.intervalMs, signal)
  }
}

async function reportLag(topic: string, group: string, deps: LagDeps): Promise<void> {
  for (const { partition, first, end, committed } of await deps.eventLog.offsets(topic, group)) {
    const lag = deps.consumer.owns(topic, partition) ? Math.max(0, end - Math.max(first, committed ?? 0)) : 0
    deps.metrics.event_log_lag_records.set({ topic, partition }, lag)
    if (lag > 0) deps.onLag()
  }
}

/** Shares the partitions of the alert topic among the processes of alert, and decides in those that fall to this one. */
import { ALERT_TOPIC, WINDOW_SETTLED_TOPIC } from '../../schemas/topics.ts'
import type { WindowSettled } from '../../schemas/window-events.ts'
import { messageOf } from '../platform/errors.ts'
import type { EventLog } from '../platform/event-log/port.ts'
import { untilAborted } from '../platform/service.ts'
import { partitionOf } from './evaluate-groups.ts'
import type { AlertChange } from './log/alert-record.ts'
import { buildPartitionLog, type PartitionLog } from './log/partition-log.ts'
import type { CompiledGroup } from './rules/compile-rule.ts'
import { type Deciding, type PartitionDeps, startDeciding } from './run-partition.ts'

/** The consumer group whose members share out the rule groups. It commits nothing: each owner reads its partition from the beginning. */
export const ALERT_GROUP = 'weir-alert'
/** The consumer group that is woken by settled windows; whom it does not wake looks every few seconds anyway. */
export const ALERT_WAKE_GROUP = 'weir-alert-wake'
/** Changes are read back before they are acted on, so reading must not wait for more, ms. */
const READ_WITHIN_MS = 5

/** What deciding needs. */
export interface DecideDeps extends PartitionDeps {
  readonly eventLog: EventLog
  /** Told once it reads. */
  readonly onReading?: () => void
}

interface Owned {
  log: PartitionLog
  stop: AbortController
  deciding: Deciding
}

/** Decides until `signal` aborts. Rejects when a consumer cannot go on, or with what deciding in a partition cannot go on from. */
export async function decideAlerts(
  config: { groups: readonly CompiledGroup[]; everyMs: number },
  deps: DecideDeps,
  signal: AbortSignal,
): Promise<void> {
  const { eventLog } = deps
  const count = (await eventLog.offsets(ALERT_TOPIC)).length
  const owned = new Map<number, Owned>()
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => undefined)

  function begin(partition: number): void {
    const stop = new AbortController()
    const log = buildPartitionLog(partition, { eventLog, onChange: (change, atMs) => tellCommand(log, change, atMs, deps) })
    const groups = config.groups.filter(({ name }) => partitionOf(name, count) === partition)
    // A partition without rule groups is held all the same: one process at a time may beat the heart.
    const deciding = startDeciding(log, { groups, everyMs: config.everyMs }, deps, AbortSignal.any([stop.signal, signal]))
    deciding.stopped.catch(failed.reject)
    owned.set(partition, { log, stop, deciding })
  }

  function end(partition: number): void {
    const one = owned.get(partition)
    owned.delete(partition)
    one?.stop.abort()
    one?.log.close()
  }

  await using consumer = await eventLog.consume(
    { group: ALERT_GROUP, topics: [ALERT_TOPIC], maxWaitMs: READ_WITHIN_MS },
    {
      async onBatch({ partition, records }) {
        owned.get(partition)?.log.take(records)
      },
      onAssigned: (_topic, partitions) => partitions.forEach(begin),
      onRevoked: (_topic, partitions) => partitions.forEach(end),
      // What was removed was replaced by later records of the same keys.
      onGap: (topic, partition, what) => deps.logger.info({ topic, partition, what }, 'records of alerts were compacted away'),
    },
  )
  await using waking = await eventLog.consume(
    { group: ALERT_WAKE_GROUP, topics: [WINDOW_SETTLED_TOPIC], maxWaitMs: READ_WITHIN_MS },
    {
      async onBatch({ topic, partition, records }) {
        if (records.some(isBusy)) for (const { deciding } of owned.values()) deciding.wake()
        await waking.commit(topic, partition, (records.at(-1)?.offset ?? -1) + 1).catch(() => undefined)
      },
      onGap: () => undefined,
    },
  )
  deps.onReading?.()
  await Promise.race([untilAborted(signal), consumer.stopped, waking.stopped, failed.promise])
  await Promise.allSettled([...owned.values()].map(({ deciding }) => deciding.stopped))
}

/** With fewer requests in a minute, rules have little to judge: they are looked at every 30 s, so that a quiet platform costs little. */
const BUSY_REQUESTS = 60

/** Whether a window with many requests was settled; what cannot be read counts as one. */
function isBusy({ value }: { value: Uint8Array }): boolean {
  try {
    const { requests = BUSY_REQUESTS } = JSON.parse(Buffer.from(value).toString('utf8')) as Partial<WindowSettled>
    return requests >= BUSY_REQUESTS
  } catch {
    return true
  }
}

/** Puts what people said into the history. Every partition hears of it: of silences the first tells, of acknowledgements the group's. */
function tellCommand({ partition, state }: PartitionLog, change: AlertChange, atMs: number, { history, logger }: DecideDeps): void {
  const isTold = (change.kind === 'silence' && partition === 0) || (change.kind === 'ack' && state.group.has(change.id))
  if (!isTold) return
  const told =
    change.kind === 'silence'
      ? history.tellSilence(change.id, (change as AlertChange<'silence'>).value, atMs)
      : history.tellAcknowledgement(change.id, (change as AlertChange<'ack'>).value, atMs)
  told.catch(error => logger.warn({ kind: change.kind, id: change.id }, `the history could not be written: ${messageOf(error)}`))
}

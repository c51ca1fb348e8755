import { type Now, SECOND } from '../../platform/clock.ts'
import { messageOf } from '../../platform/errors.ts'
import type { Logger } from '../../platform/log.ts'
import type { Metrics } from '../../platform/metrics.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import type { DeliveryOutcome, Receiver } from '../receivers/receiver.ts'
import type { MessageKeeper } from './message-keeper.ts'
import { isDelivered, isDone, type OutboxMessage } from './outbox-message.ts'

/** What messages are delivered with. */
export interface DeliveryDeps {
  readonly now: Now
  readonly logger: Logger
  readonly metrics: Metrics<'alert'>
  readonly keeper: MessageKeeper
  readonly receivers: ReadonlyMap<string, Receiver>
}

/** Delivers what is in the outbox of a partition. */
export interface Deliveries {
  /** Starts what is due and not under way; returns at once. */
  start(signal: AbortSignal): void
  /** Resolves when nothing is under way. */
  settled(): Promise<void>
}

/** Messages to one receiver at a time; a slow one holds up no other. */
const AT_ONCE_OF_RECEIVER = 4

/** Builds it over a partition. `onDone` is told when a try ended, `onFault` when its outcome could not be written. */
export function buildDeliveries(
  log: PartitionLog,
  deps: DeliveryDeps,
  told: { onDone: () => void; onFault: (error: unknown) => void },
): Deliveries {
  const underWay = new Map<string, Promise<void>>()

  function start(signal: AbortSignal): void {
    const nowMs = deps.now()
    const messages = [...log.state.message.values()]
    for (const message of messages) {
      const { id } = message.notification
      if (isDone(message)) once(`close ${id}`, () => deps.keeper.close(id))
      if (message.escalate_at_ms !== null && message.escalate_at_ms <= nowMs) once(`escalate ${id}`, () => deps.keeper.escalate(id))
      for (const [name, { next_ms }] of Object.entries(message.deliveries)) {
        if (next_ms === null || next_ms > nowMs || isBusy(name) || isBehindAnother(message, name, messages)) continue
        once(`to ${name} ${id}`, () => deliver(message, name, signal))
      }
    }
    const oldestMs = Math.min(nowMs, ...messages.filter(one => !isDelivered(one)).map(({ notification }) => notification.decided_at_ms))
    deps.metrics.alert_oldest_undelivered_seconds.set({}, (nowMs - oldestMs) / SECOND)
  }

  function once(key: string, work: () => Promise<void>): void {
    if (underWay.has(key)) return
    const run = work()
      .catch(told.onFault)
      .finally(() => {
        underWay.delete(key)
        told.onDone()
      })
    underWay.set(key, run)
  }

  function isBusy(name: string): boolean {
    return [...underWay.keys()].filter(key => key.startsWith(`to ${name} `)).length >= AT_ONCE_OF_RECEIVER
  }

  async function deliver(message: OutboxMessage, name: string, signal: AbortSignal): Promise<void> {
    if (!log.decides()) return
    const result = await tryOnce(message, name, signal)
    // A try that stopping cut short is no try.
    if (signal.aborted && result.outcome === 'retry') return
    deps.metrics.alert_deliveries_total.inc({ outcome: result.outcome })
    if (result.outcome === 'gone')
      deps.logger.error({ receiver: name }, 'a receiver takes no message any more (410): it is told of nothing until it is enabled again')
    await deps.keeper.tried(message.notification.id, name, result)
  }

  async function tryOnce({ notification }: OutboxMessage, name: string, signal: AbortSignal): Promise<DeliveryOutcome> {
    const receiver = deps.receivers.get(name)
    if (!receiver) return { outcome: 'refused', status: null, detail: 'no receiver has this name any more' }
    if (log.state.receiver.has(name)) return { outcome: 'refused', status: null, detail: 'it answered 410 before: disabled' }
    try {
      return await receiver.send(notification, signal)
    } catch (error) {
      deps.logger.error({ receiver: name, err: error }, 'a receiver failed in a way that it should not')
      return { outcome: 'retry', status: null, detail: `failed: ${messageOf(error)}`.slice(0, 200) }
    }
  }

  return {
    start,
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay.values())
    },
  }
}

/** Whether an earlier message of the group is still to be delivered there: an end is not told before its beginning. */
function isBehindAnother({ notification }: OutboxMessage, name: string, messages: readonly OutboxMessage[]): boolean {
  return messages.some(other => {
    const { group_key, decided_at_ms } = other.notification
    const isEarlier = decided_at_ms < notification.decided_at_ms
    return group_key === notification.group_key && isEarlier && (other.deliveries[name]?.next_ms ?? null) !== null
  })
}

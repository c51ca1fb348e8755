import type { Now } from '../../platform/clock.ts'
import { messageOf } from '../../platform/errors.ts'
import type { Logger } from '../../platform/log.ts'
import type { History } from '../history.ts'
import type { AlertChange } from '../log/alert-record.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import type { DeliveryOutcome } from '../receivers/receiver.ts'
import { afterTry } from './next-try.ts'
import { isDelivered, isDone, type OutboxMessage, outboxMessage } from './outbox-message.ts'

/** What keeping messages needs. */
export interface KeeperDeps {
  readonly now: Now
  readonly random: () => number
  readonly logger: Logger
  readonly history: History
}

/** Writes what becomes of messages, one change of a message at a time. All reject as PartitionLog.commit does. */
export interface MessageKeeper {
  /** A try of a receiver ended so. */
  tried(id: string, receiver: string, result: DeliveryOutcome): Promise<void>
  /** Nobody has it by its time: those in line next are told. */
  escalate(id: string): Promise<void>
  /** A message that is done and could not be told to the history yet. */
  close(id: string): Promise<void>
}

/** Builds it over a partition. */
export function buildMessageKeeper(log: PartitionLog, deps: KeeperDeps): MessageKeeper {
  const turns = new Map<string, Promise<void>>()

  /** Two receivers of a message may end in the same moment: each reads what the other wrote. */
  function inTurn(id: string, work: (message: OutboxMessage) => Promise<void>): Promise<void> {
    const turn = (turns.get(id) ?? Promise.resolve()).then(async () => {
      const message = log.state.message.get(id)
      if (message) await work(message)
    })
    const quiet = turn.catch(() => undefined).then(() => void (turns.get(id) === quiet && turns.delete(id)))
    turns.set(id, quiet)
    return turn
  }

  function tried(id: string, receiver: string, result: DeliveryOutcome): Promise<void> {
    return inTurn(id, async message => {
      const before = message.deliveries[receiver]
      if (!before) return
      const nowMs = deps.now()
      const delivery = afterTry(before, result, nowMs, deps.random())
      const next = { ...message, deliveries: { ...message.deliveries, [receiver]: delivery } }
      const disabled: AlertChange<'receiver'>[] =
        delivery.outcome === 'gone'
          ? [{ kind: 'receiver', id: receiver, value: { name: receiver, since_ms: nowMs, detail: result.detail } }]
          : []
      await write({ ...next, escalate_at_ms: escalationOf(next, nowMs) }, disabled)
    })
  }

  function escalate(id: string): Promise<void> {
    return inTurn(id, async message => {
      if (message.escalate_at_ms === null) return
      const { notification, escalate_to } = message
      const names = escalate_to.filter(name => message.deliveries[name] === undefined)
      const further = { ...notification, id: `${notification.id}-e`, reason: 'escalated' as const, decided_at_ms: deps.now() }
      deps.logger.error({ message: id, escalate_to: names }, 'a page could not be delivered; the next in line are told')
      const added: AlertChange<'message'> = {
        kind: 'message',
        id: further.id,
        value: outboxMessage(further, names, { afterMs: null, to: [] }),
      }
      await write({ ...message, escalate_at_ms: null }, names.length === 0 ? [] : [added])
    })
  }

  function close(id: string): Promise<void> {
    return inTurn(id, message => (isDone(message) ? write(message, []) : Promise.resolve()))
  }

  /** A message that is done leaves the log only when the history has it, so that it is in one place at least. */
  async function write(message: OutboxMessage, more: readonly AlertChange[]): Promise<void> {
    const { id } = message.notification
    const isTold = await isInHistory(message)
    await log.commit([...more, { kind: 'message', id, value: isDone(message) && isTold ? undefined : message }])
  }

  async function isInHistory(message: OutboxMessage): Promise<boolean> {
    try {
      await deps.history.tellDeliveries(message, deps.now())
      return true
    } catch (error) {
      deps.logger.warn({ message: message.notification.id }, `the history of deliveries could not be written: ${messageOf(error)}`)
      return false
    }
  }

  return { tried, escalate, close }
}

/** Once somebody has it nobody else need be told; once nobody will ever take it, the next in line are told at once. */
function escalationOf(message: OutboxMessage, nowMs: number): number | null {
  if (message.escalate_at_ms === null || isDelivered(message)) return null
  const isLost = Object.values(message.deliveries).every(({ next_ms }) => next_ms === null)
  return isLost ? nowMs : message.escalate_at_ms
}

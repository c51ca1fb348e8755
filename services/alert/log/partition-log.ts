/** One partition of the alert topic: its state as read, and the right to change it. */
import { randomUUID } from 'node:crypto'
import { ALERT_TOPIC } from '../../../schemas/topics.ts'
import { AppError } from '../../platform/errors.ts'
import type { EventLog, LogRecord } from '../../platform/event-log/port.ts'
import { type AlertChange, alertRecord, TENURE_HEADER } from './alert-record.ts'
import { emptyState, mend, type PartitionState, takeRecord } from './partition-state.ts'

/** A partition that this process was given. */
export interface PartitionLog {
  readonly partition: number
  readonly state: PartitionState
  /** Whether this process decides here: it has read all that was written before it took over, and nobody took over since. */
  decides(): boolean
  /** Takes what was read. */
  take(records: readonly LogRecord[]): void
  /**
   * Takes over: resolves once all that others wrote before is read. Rejects with EVENT_LOG_UNAVAILABLE, or ALERT_NOT_OWNER when another
   * process took over in the same moment.
   */
  takeOver(nowMs: number): Promise<void>
  /**
   * Writes changes; resolves once they are read back, so that only what the log has confirmed under this tenure is acted on. Rejects with
   * EVENT_LOG_UNAVAILABLE (they may have been taken) or ALERT_NOT_OWNER; either way the tenure is over.
   */
  commit(changes: readonly AlertChange[]): Promise<void>
  /** Writes again what compaction would lose (partition-state.ts); resolves and rejects as `commit` does. */
  mend(): Promise<void>
  /** Ends the waits; nothing is decided any more. */
  close(): void
}

interface Wait {
  isOver(): boolean
  resolve(): void
  reject(error: AppError): void
}

/** Builds it over an open log; nothing was read yet. `onChange` is told of what is read, with when the log took it (ms). */
export function buildPartitionLog(
  partition: number,
  { eventLog, onChange }: { eventLog: Pick<EventLog, 'append'>; onChange?: (change: AlertChange, atMs: number) => void },
): PartitionLog {
  const state = emptyState()
  let [own, written, seen, isClosed] = ['', 0, 0, false]
  let hasTakenOver = false
  let waits: Wait[] = []
  let last: Promise<unknown> = Promise.resolve()

  const decides = () => !isClosed && hasTakenOver && state.tenure === own

  function take(records: readonly LogRecord[]): void {
    for (const record of records) {
      const change = takeRecord(state, record)
      if (change) onChange?.(change, record.timestampMs)
      if (change?.kind === 'tenure' && state.tenure === own) hasTakenOver = true
      if (record.headers[TENURE_HEADER] === own) seen += 1
    }
    look()
  }

  function look(): void {
    const isLost = isClosed || (hasTakenOver && state.tenure !== own)
    const open = waits
    waits = []
    for (const wait of open) {
      if (wait.isOver()) wait.resolve()
      else if (isLost) wait.reject(notOwner(partition))
      else waits.push(wait)
    }
  }

  function until(isOver: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      waits.push({ isOver, resolve, reject })
      look()
    })
  }

  async function takeOver(nowMs: number): Promise<void> {
    own = randomUUID()
    ;[written, seen, hasTakenOver] = [0, 0, false]
    await eventLog.append(ALERT_TOPIC, [alertRecord({ kind: 'tenure', id: own, value: { at_ms: nowMs } }, partition, undefined)])
    await until(() => hasTakenOver)
  }

  function commit(changes: readonly AlertChange[]): Promise<void> {
    return changes.length === 0 ? Promise.resolve() : inTurn(() => changes)
  }

  /** What is to be written is asked for when its turn comes: changes under way count. */
  async function inTurn(changesOf: () => readonly AlertChange[]): Promise<void> {
    const turn = last.then(() => write(changesOf()))
    last = turn.catch(() => undefined)
    await turn
  }

  async function write(changes: readonly AlertChange[]): Promise<void> {
    if (!decides()) throw notOwner(partition)
    if (changes.length === 0) return
    written += changes.length
    const target = written
    try {
      await eventLog.append(
        ALERT_TOPIC,
        changes.map(change => alertRecord(change, partition, own)),
      )
    } catch (error) {
      // Whether they were taken is not known: what counts is what a new tenure reads.
      hasTakenOver = false
      throw error
    }
    await until(() => seen >= target)
  }

  function close(): void {
    isClosed = true
    look()
  }

  return { partition, state, decides, take, takeOver, commit, mend: () => inTurn(() => mend(state)), close }
}

function notOwner(partition: number): AppError {
  return new AppError('ALERT_NOT_OWNER', `Another process decides about the alerts of partition ${partition} now.`)
}

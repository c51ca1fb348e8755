import { partitionKey, type TopicPartition } from './embedded-members.ts'
import type { ConsumeHandlers } from './port.ts'

/** The partitions that a member owns at present, each with the loop that reads it. */
export interface Tenures {
  has(at: TopicPartition): boolean
  /** Begins to read what is new in `owned`. */
  assign(owned: readonly TopicPartition[]): void
  /** Ends reading of `lost`, or of everything. */
  revoke(lost?: readonly TopicPartition[]): void
}

/** Builds the set. `read` reads one partition until its signal aborts; `onFailure` hears of what it or a handler throws. */
export function buildTenures(
  handlers: ConsumeHandlers,
  read: (at: TopicPartition, signal: AbortSignal) => Promise<void>,
  onFailure: (thrown: unknown) => void,
): Tenures {
  const current = new Map<string, { at: TopicPartition; ended: AbortController }>()
  /** The last loop of each partition, ended or not: the next one waits for it, so that batches of a partition never overlap. */
  const loops = new Map<string, Promise<void>>()

  async function runAfter(previous: Promise<void> | undefined, at: TopicPartition, signal: AbortSignal): Promise<void> {
    await previous
    try {
      await read(at, signal)
    } catch (thrown) {
      if (!signal.aborted) onFailure(thrown)
    }
  }

  function assign(owned: readonly TopicPartition[]): void {
    const gained = owned.filter(at => !has(at)).map(at => ({ at, ended: new AbortController() }))
    for (const tenure of gained) current.set(partitionKey(tenure.at), tenure)
    tell(
      gained.map(tenure => tenure.at),
      (topic, partitions) => handlers.onAssigned?.(topic, partitions),
    )
    for (const { at, ended } of gained) loops.set(partitionKey(at), runAfter(loops.get(partitionKey(at)), at, ended.signal))
  }

  function revoke(lost = [...current.values()].map(tenure => tenure.at)): void {
    const ended = lost.filter(has)
    for (const at of ended) {
      current.get(partitionKey(at))?.ended.abort()
      current.delete(partitionKey(at))
    }
    tell(ended, (topic, partitions) => handlers.onRevoked?.(topic, partitions))
  }

  function tell(partitions: readonly TopicPartition[], handler: (topic: string, partitions: readonly number[]) => void): void {
    try {
      for (const [topic, ats] of Map.groupBy(partitions, at => at.topic)) {
        handler(
          topic,
          ats.map(at => at.partition),
        )
      }
    } catch (thrown) {
      onFailure(thrown)
    }
  }

  function has(at: TopicPartition): boolean {
    return current.has(partitionKey(at))
  }

  return { has, assign, revoke }
}

/** How long records wait in the event log that the worker has not read: time; their number says nothing of how late it is. */
import { ACCESS_LOG_TOPIC, ENGINE_METRICS_TOPIC, WORKER_GROUP } from '../../../schemas/topics.ts'
import { type Now, SECOND } from '../../platform/clock.ts'
import type { EventLog } from '../../platform/event-log/port.ts'

/** A topic's partition furthest behind, and how many of its records wait in all partitions. */
export interface TopicLag {
  readonly topic: string
  readonly lagMs: number
  readonly records: number
}

/** Gives the lag of each topic that the worker reads. Rejects with the codes of the event log. */
export type ReadLag = () => Promise<readonly TopicLag[]>

/** Ends of a partition that are remembered: with a look every 30 s, two hours. Of a longer lag the oldest is told. */
const MOST_ENDS = 240

/**
 * Builds it. What waits now came after the last look at which the log ended no further than what is read: so the lag is right to the time
 * between two looks, and counts from the first look on after a start.
 */
export function buildReadLag({ eventLog, now }: { eventLog: Pick<EventLog, 'offsets'>; now: Now }): ReadLag {
  const seen = new Map<string, { atMs: number; end: number }[]>()
  return () => Promise.all([ACCESS_LOG_TOPIC, ENGINE_METRICS_TOPIC].map(lagOf))

  async function lagOf(topic: string): Promise<TopicLag> {
    const nowMs = now()
    let [lagMs, records] = [0, 0]
    for (const { partition, first, end, committed } of await eventLog.offsets(topic, WORKER_GROUP)) {
      const read = Math.max(first, committed ?? 0)
      const key = `${topic} ${partition}`
      const waiting = (seen.get(key) ?? []).filter(one => one.end > read)
      if (end > read && (waiting.at(-1)?.end ?? 0) < end) waiting.push({ atMs: nowMs, end })
      seen.set(key, waiting.slice(0, MOST_ENDS))
      lagMs = Math.max(lagMs, nowMs - (waiting[0]?.atMs ?? nowMs))
      records += Math.max(0, end - read)
    }
    return { topic, lagMs: Math.floor(lagMs / SECOND) * SECOND, records }
  }
}

import { ACCESS_LOG_TOPIC, ENGINE_METRICS_TOPIC, WINDOW_TOUCHED_TOPIC, WORKER_GROUP } from '../../schemas/topics.ts'
import { delay } from '../../services/platform/clock.ts'
import { AppError } from '../../services/platform/errors.ts'
import type { EventLog, PartitionOffsets } from '../../services/platform/event-log/port.ts'
import { SETTLE_GROUP } from '../../services/settle/run-settle.ts'

/** What each group has still to read: topic by topic, in the order of a line's way, so that a later one cannot grow once it is empty. */
const ways = [
  { topic: ACCESS_LOG_TOPIC, group: WORKER_GROUP },
  { topic: ENGINE_METRICS_TOPIC, group: WORKER_GROUP },
  { topic: WINDOW_TOUCHED_TOPIC, group: SETTLE_GROUP },
] as const

const POLL_MS = 100
const MOST_TRIES = 100

/** Resolves when everything in the log was written and settled. Fails after `withinMs`, with what is left. */
export async function untilDrained(eventLog: EventLog, withinMs: number, explain: () => string): Promise<void> {
  const giveUpAtMs = performance.now() + withinMs
  for (const way of ways) {
    for (;;) {
      const left = await unread(eventLog, way)
      if (left === 0) break
      if (performance.now() > giveUpAtMs) throw new Error(`${left} messages of ${way.topic} were not read in ${withinMs} ms\n${explain()}`)
      await delay(POLL_MS)
    }
  }
}

async function unread(eventLog: EventLog, { topic, group }: (typeof ways)[number]): Promise<number> {
  const offsets = await offsetsOf(eventLog, topic, group)
  return offsets.reduce((sum, { first, end, committed }) => sum + end - (committed ?? first), 0)
}

/** How many messages a group has committed of a topic. */
export async function committedOf(eventLog: EventLog, topic: string, group: string): Promise<number> {
  return (await offsetsOf(eventLog, topic, group)).reduce((sum, { committed }) => sum + (committed ?? 0), 0)
}

/** Asks until it is answered: a broker whose group coordinator is only starting refuses for a moment. */
async function offsetsOf(eventLog: EventLog, topic: string, group: string): Promise<readonly PartitionOffsets[]> {
  for (let tries = 1; ; tries++) {
    try {
      return await eventLog.offsets(topic, group)
    } catch (error) {
      if (!(error instanceof AppError && error.retryable) || tries === MOST_TRIES) throw error
      await delay(POLL_MS)
    }
  }
}

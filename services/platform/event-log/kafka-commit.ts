import { delay } from '../clock.ts'
import { AppError } from '../errors.ts'
import { kafkaError } from './kafka-client.ts'
import type { KafkaTenure } from './kafka-tenures.ts'

/** How long a commit is tried again while the coordinator does not answer, in milliseconds, and the pause between two tries. */
const GIVE_UP_AFTER_MS = 30_000
const RETRY_PAUSE_MS = 250

/**
 * Stores `nextOffset` as the group's position, unless it is already further. Throws EVENT_LOG_NOT_OWNER once the tenure is
 * over, EVENT_LOG_UNAVAILABLE when the coordinator stays silent. Commits of a tenure go one after the other. One that timed out
 * may still be applied late, behind a newer one: the group then reads some records again after its next rebalance, which the
 * promise of at-least-once reading covers.
 */
export async function commitOffset(tenure: KafkaTenure | undefined, nextOffset: number): Promise<void> {
  if (!tenure) throw notOwner()
  const commit = tenure.commits.then(() => commitUntilDone(tenure, nextOffset))
  tenure.commits = commit.catch(() => undefined)
  await commit
}

async function commitUntilDone(tenure: KafkaTenure, nextOffset: number): Promise<void> {
  const startedAtMs = performance.now()
  for (;;) {
    // Checked in the same step in which the library takes its generation: work of an earlier membership cannot commit in a later one.
    if (!tenure.isCurrent || !tenure.sendCommit) throw notOwner()
    if (nextOffset <= tenure.committedOffset) return
    try {
      const { topic, partition } = tenure
      await tenure.sendCommit({ topics: [{ topic, partitions: [{ partition, offset: String(nextOffset) }] }] })
      tenure.committedOffset = nextOffset
      return
    } catch (thrown) {
      const error = kafkaError(thrown)
      if (!error.retryable || performance.now() - startedAtMs > GIVE_UP_AFTER_MS) throw error
    }
    await delay(RETRY_PAUSE_MS)
  }
}

function notOwner(): AppError {
  return new AppError(
    'EVENT_LOG_NOT_OWNER',
    'The partition belongs to another member now, or nothing was read from it since it was assigned.',
  )
}

import { eventLogError } from './embedded-database.ts'
import { LEASE_MS, type MemberStore } from './embedded-members.ts'
import { runPartition } from './embedded-partition.ts'
import type { RecordStore } from './embedded-records.ts'
import { buildTenures } from './embedded-tenures.ts'
import type { WakeUp } from './embedded-wake.ts'
import type { WriteQueue } from './embedded-write-queue.ts'
import type { ConsumeHandlers, ConsumeOptions, Consumer } from './port.ts'

const HEARTBEAT_MS = LEASE_MS / 3
/** How long renewing the lease may fail before the member gives up, in milliseconds. */
const GIVE_UP_AFTER_MS = 10 * LEASE_MS
const DEFAULT_MAX_BATCH_BYTES = 1024 * 1024
const DEFAULT_MAX_WAIT_MS = 100

/** What a member works with. */
export interface ConsumerDeps {
  queue: WriteQueue
  records: RecordStore
  members: MemberStore
  wakeUp: WakeUp
}

/** Joins the group and reads what falls to this member, until it is disposed of or cannot go on. */
export async function openEmbeddedConsumer(options: ConsumeOptions, handlers: ConsumeHandlers, deps: ConsumerDeps): Promise<Consumer> {
  const { group, topics, maxBatchBytes = DEFAULT_MAX_BATCH_BYTES, maxWaitMs = DEFAULT_MAX_WAIT_MS } = options
  const { queue, members, wakeUp } = deps
  const { promise: stopped, resolve: resolveStopped, reject: rejectStopped } = Promise.withResolvers<void>()
  // A member may fail while its caller still awaits something else; the failure is kept for whoever looks at
  // `stopped`, which every caller must.
  stopped.catch(() => undefined)
  const reader = { ...deps, onBatch: handlers.onBatch.bind(handlers), ...(handlers.onGap && { onGap: handlers.onGap.bind(handlers) }) }
  const tenures = buildTenures(handlers, (at, signal) => runPartition({ at, group, maxBatchBytes, maxWaitMs }, reader, signal), fail)
  let memberId = await queue.run(() => members.join(group, topics))
  let seenGeneration = -1
  let renewedAtMs = performance.now()
  let isClosed = false
  let isReconciling = false

  /** Makes what this member reads agree with what the file says it owns. */
  async function reconcile(): Promise<void> {
    if (isReconciling || isClosed) return
    isReconciling = true
    try {
      seenGeneration = members.generation(group)
      const owned = await queue.run(() => members.reconcile(group, memberId, at => tenures.revoke([at])))
      renewedAtMs = performance.now()
      if (isClosed) return
      if (owned) tenures.assign(owned)
      else await joinAnew()
    } catch (thrown) {
      const error = eventLogError(thrown)
      const mayPass = error.retryable && performance.now() - renewedAtMs < GIVE_UP_AFTER_MS
      if (!mayPass) fail(error)
    } finally {
      isReconciling = false
    }
  }

  async function joinAnew(): Promise<void> {
    tenures.revoke()
    memberId = await queue.run(() => members.join(group, topics))
    if (isClosed) await queue.run(() => members.leave(group, memberId))
    seenGeneration = -1
  }

  function lookAgain(): void {
    if (!isClosed && isGenerationNew()) void reconcile()
  }

  function isGenerationNew(): boolean {
    try {
      return seenGeneration !== members.generation(group)
    } catch {
      // Not readable at this moment: the heartbeat looks again within a second.
      return false
    }
  }

  async function leave(): Promise<void> {
    isClosed = true
    clearInterval(heartbeat)
    stopListening()
    try {
      tenures.revoke()
    } finally {
      // A member that cannot say goodbye is dropped when its lease runs out.
      await queue.run(() => members.leave(group, memberId)).catch(() => undefined)
    }
  }

  function fail(thrown: unknown): void {
    if (isClosed) return
    rejectStopped(thrown)
    leave().catch(() => undefined)
  }

  async function commit(topic: string, partition: number, nextOffset: number): Promise<void> {
    const id = memberId
    await queue.run(() => members.commit(group, id, { topic, partition }, nextOffset))
  }

  async function dispose(): Promise<void> {
    if (isClosed) return
    await leave()
    resolveStopped()
  }

  const heartbeat = setInterval(() => void reconcile(), HEARTBEAT_MS)
  const stopListening = wakeUp.listen(lookAgain)
  await reconcile()
  return { commit, owns: (topic, partition) => tenures.has({ topic, partition }), stopped, [Symbol.asyncDispose]: dispose }
}

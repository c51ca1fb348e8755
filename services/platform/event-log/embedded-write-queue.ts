import type { DatabaseSync } from 'node:sqlite'
import { AppError } from '../errors.ts'
import { eventLogError, inTransactionUnlessBusy, isBusy } from './embedded-database.ts'

/** Shortest and longest time that a write waits for company, in milliseconds. */
const MIN_LINGER_MS = 2
const MAX_LINGER_MS = 50
/** Bytes of records in one transaction, roughly: keeps the event loop's longest pause short. */
const MAX_TRANSACTION_BYTES = 8 * 1024 * 1024
/** Bytes that may wait; beyond it writes are refused so that memory stays bounded. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024
/** How long a write waits for other processes' transactions before it is refused, in milliseconds. */
const GIVE_UP_AFTER_MS = 10_000
/** Pause before a transaction is tried again, in milliseconds: the time that others in this process have. */
const BUSY_PAUSE_MS = 10

interface Job {
  work: () => unknown
  sizeBytes: number
  /** Milliseconds of `performance.now()`: the age of a job is not an event's time. */
  since: number
  resolve: (value: never) => void
  reject: (error: AppError) => void
}

/** The one way to write: everything that asks within a few milliseconds shares a transaction, hence one sync of the disk. */
export interface WriteQueue {
  /**
   * Runs `work` inside a transaction and resolves with its result once that is on disk. `work` must check before it writes: an AppError
   * that it throws rejects this promise alone, the rest of the transaction goes on. Rejects with
   * EVENT_LOG_UNAVAILABLE, retryable, otherwise.
   */
  run<T>(work: () => T, sizeBytes?: number): Promise<T>
  /** Writes what is waiting and refuses what comes later. */
  close(): void
}

/** Builds the queue of one connection; `onCommitted` is called after each transaction. */
export function buildWriteQueue(db: DatabaseSync, onCommitted: () => void): WriteQueue {
  let waiting: Job[] = []
  let waitingBytes = 0
  let timer: NodeJS.Timeout | undefined
  let lingerMs = MIN_LINGER_MS
  let isClosed = false

  function run<T>(work: () => T, sizeBytes = 0): Promise<T> {
    if (isClosed) return Promise.reject(new AppError('EVENT_LOG_UNAVAILABLE', 'The embedded event log is closed.'))
    if (waitingBytes + sizeBytes > MAX_WAITING_BYTES) {
      return Promise.reject(
        new AppError('EVENT_LOG_UNAVAILABLE', 'The embedded event log cannot write as fast as it is given records. Try again.'),
      )
    }
    return new Promise<T>((resolve, reject) => {
      waiting.push({ work, sizeBytes, since: performance.now(), resolve, reject })
      waitingBytes += sizeBytes
      timer ??= setTimeout(flush, lingerMs)
    })
  }

  function takeJobs(): Job[] {
    let count = 0
    let bytes = 0
    for (const job of waiting) {
      if (count > 0 && bytes + job.sizeBytes > MAX_TRANSACTION_BYTES) break
      count += 1
      bytes += job.sizeBytes
    }
    waitingBytes -= bytes
    return waiting.splice(0, count)
  }

  function flush(): void {
    timer = undefined
    const jobs = takeJobs()
    const startedMs = performance.now()
    try {
      settle(jobs, runAll(db, jobs))
      // A commit blocks the event loop while the disk syncs. Waiting twice as long as the last one took keeps two
      // thirds of the time for others.
      lingerMs = Math.min(MAX_LINGER_MS, Math.max(MIN_LINGER_MS, 2 * (performance.now() - startedMs)))
      onCommitted()
    } catch (thrown) {
      if (isBusy(thrown) && !isClosed) retryLater(jobs, thrown)
      else for (const job of jobs) job.reject(eventLogError(thrown))
    }
    if (waiting.length > 0) timer ??= setTimeout(flush, lingerMs)
  }

  function retryLater(jobs: readonly Job[], thrown: unknown): void {
    const oldest = performance.now() - GIVE_UP_AFTER_MS
    const patient = jobs.filter(job => job.since > oldest)
    for (const job of jobs) if (job.since <= oldest) job.reject(eventLogError(thrown))
    waiting = [...patient, ...waiting]
    for (const job of patient) waitingBytes += job.sizeBytes
    timer = setTimeout(flush, BUSY_PAUSE_MS)
  }

  function close(): void {
    isClosed = true
    clearTimeout(timer)
    while (waiting.length > 0) flush()
    clearTimeout(timer)
  }

  return { run, close }
}

type Outcome = { value: unknown } | { error: AppError }

function runAll(db: DatabaseSync, jobs: readonly Job[]): Outcome[] {
  return inTransactionUnlessBusy(db, () =>
    jobs.map(job => {
      try {
        return { value: job.work() }
      } catch (thrown) {
        if (thrown instanceof AppError) return { error: thrown }
        throw thrown
      }
    }),
  )
}

function settle(jobs: readonly Job[], outcomes: readonly Outcome[]): void {
  for (const [index, job] of jobs.entries()) {
    const outcome = outcomes[index]
    if (outcome === undefined) continue
    if ('error' in outcome) job.reject(outcome.error)
    else job.resolve(outcome.value as never)
  }
}

import { attemptsRaw } from '../../schemas/tables.ts'
import { ACCESS_LOG_TOPIC, ENGINE_METRICS_TOPIC } from '../../schemas/topics.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { delay, type Now, SECOND } from '../platform/clock.ts'
import { AppError } from '../platform/errors.ts'
import type { Consumer, EventLog, LogRecord, RecordBatch } from '../platform/event-log/port.ts'
import type { Progress } from '../platform/health.ts'
import type { Logger } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import { retry } from '../platform/retry.ts'
import { buildDeadLetterLimit, type DeadLetterLimitConfig } from './dead-letter-limit.ts'
import type { DecodedMessage, LineAt } from './decode/decode-message.ts'
import { flushBatch } from './flush.ts'
import { buildGatherer, type GatherConfig, type Gatherer } from './gather.ts'
import { buildPacking, type Packing } from './packing.ts'
import { runLagReport } from './report-lag.ts'

/** The consumer group of all workers. */
export const WORKER_GROUP = 'weir-worker'
/** What a worker reads. */
export const workerTopics = [ACCESS_LOG_TOPIC, ENGINE_METRICS_TOPIC] as const

/** How a worker reads, gathers and gives up. */
export interface WorkerConfig {
  gather: GatherConfig
  deadLetterLimit: DeadLetterLimitConfig
  /** How long a stopping worker tries to write what it holds; what is left then is read again by the next one. Milliseconds. */
  drainMs: number
}

/** What a worker needs. `decode` never throws for a bad line: it gives a dead letter. */
export interface WorkerDeps {
  eventLog: EventLog
  clickhouse: ClickHouse
  decode: (record: LogRecord) => DecodedMessage
  lineAt: LineAt
  progress: Pick<Progress, 'report' | 'expect'>
  metrics: Metrics<'worker'>
  logger: Logger
  now: Now
  /** Told once it reads. */
  onReading?: () => void
}

const LOOP = 'worker'
const LAG_INTERVAL_MS = 5 * SECOND
const retryPolicy = { attempts: Number.POSITIVE_INFINITY, baseDelayMs: 100, maxDelayMs: 10 * SECOND }

/**
 * Reads lines and expositions, gathers their rows, writes and acknowledges them (the promise stands in flush.ts) until `signal` aborts;
 * then writes what it holds, leaves the group and resolves. Two batches at most are in memory: one being written, one being filled; when
 * both are full, reading waits. Rejects when it cannot go on: WORKER_TOO_MANY_DEAD_LETTERS, a fault that cannot be retried, or the
 * consumer's own end. What was not committed is read again.
 */
export async function consumeLines(config: WorkerConfig, deps: WorkerDeps, signal: AbortSignal): Promise<void> {
  const packing = buildPacking(attemptsRaw, deps)
  // Not awaited, here and below: a server that hangs must keep no worker from reading, nor a stopping one from ending.
  void packing.learn()
  const gatherer = buildGatherer(config.gather, packing)
  const limit = buildDeadLetterLimit(config.deadLetterLimit, deps)
  const giveUp = new AbortController()
  const leaving = Promise.withResolvers<void>()
  const consumer = await deps.eventLog.consume(
    { group: WORKER_GROUP, topics: workerTopics },
    {
      async onBatch(batch) {
        const isTaken = await gather(batch, gatherer, limit, deps)
        // A stopping worker takes nothing more, and must not be offered the same records over and over while it writes its last batch.
        if (!isTaken) await leaving.promise
      },
    },
  )
  deps.logger.info({ group: WORKER_GROUP, topics: workerTopics }, 'reading')
  deps.onReading?.()
  const drain = () => {
    gatherer.close()
    setTimeout(() => giveUp.abort(), config.drainMs).unref()
  }
  if (signal.aborted) drain()
  else signal.addEventListener('abort', drain, { once: true })
  const member = { ...deps, consumer, limit, packing, giveUp: giveUp.signal, onLag: () => deps.progress.expect(LOOP) }
  const writing = writeBatches(gatherer, member)
  const lag = runLagReport({ group: WORKER_GROUP, topics: workerTopics, intervalMs: LAG_INTERVAL_MS }, member, giveUp.signal)
  try {
    await Promise.race([writing, endOf(consumer)])
  } catch (error) {
    if (!(signal.aborted && error instanceof AppError && error.retryable)) throw error
    deps.logger.warn(
      { err: error, code: error.code },
      'stopped before everything read was written; the rest is uncommitted and will be read again',
    )
  } finally {
    signal.removeEventListener('abort', drain)
    giveUp.abort()
    gatherer.close()
    leaving.resolve()
    // What is under way still uses the connections that the caller closes next.
    await Promise.allSettled([writing, lag])
    await consumer[Symbol.asyncDispose]()
  }
}

/** Gathers what the messages come to; false: the worker is stopping and took only part of them. */
async function gather(
  batch: RecordBatch,
  gatherer: Gatherer,
  limit: ReturnType<typeof buildDeadLetterLimit>,
  deps: WorkerDeps,
): Promise<boolean> {
  const decode = (record: LogRecord) => {
    const decoded = deps.decode(record)
    // Expositions do not count: a wrong scrape target must not stop the accounting of requests.
    if (record.topic === ACCESS_LOG_TOPIC) limit.add(decoded.ledger.lines, decoded.deadLetters)
    return decoded
  }
  for (const record of batch.records) {
    if (!(await gatherer.add(record, decode))) return false
  }
  deps.progress.expect(LOOP)
  return true
}

async function writeBatches(
  gatherer: Gatherer,
  deps: WorkerDeps & { consumer: Consumer; limit: ReturnType<typeof buildDeadLetterLimit>; packing: Packing; giveUp: AbortSignal },
): Promise<void> {
  const persist = <T>(what: string, operation: () => Promise<T>) =>
    retry(() => orGiveUp(operation(), what, deps.giveUp), retryPolicy, {
      signal: deps.giveUp,
      delay,
      random: Math.random,
      onRetry: (error, attempt, delayMs) =>
        deps.logger.warn(
          { code: error.code, attempt, delayMs, reason: error.message },
          `${what} failed and is tried again; reading waits, no data is lost`,
        ),
    })
  for (let batch = await gatherer.take(); batch; batch = await gatherer.take()) {
    gatherer.giveBack(await flushBatch(batch, { ...deps, persist }))
    void deps.packing.learn()
    deps.progress.report(LOOP, { pending: !gatherer.isEmpty })
  }
}

/** The operation's result, or WORKER_DRAIN_TIMEOUT when `giveUp` aborts before: a server that hangs must not keep a stopping process. */
async function orGiveUp<T>(operation: Promise<T>, what: string, giveUp: AbortSignal): Promise<T> {
  const { promise: gaveUp, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(new AppError('WORKER_DRAIN_TIMEOUT', `the worker stopped during ${what}`))
  giveUp.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([operation, gaveUp])
  } finally {
    giveUp.removeEventListener('abort', onAbort)
  }
}

/** Never resolves; rejects when the consumer cannot go on. */
async function endOf(consumer: Consumer): Promise<never> {
  await consumer.stopped
  return await new Promise<never>(() => {})
}

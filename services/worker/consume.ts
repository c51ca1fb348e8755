import { attemptsRaw } from '../../schemas/tables.ts'
import { ACCESS_LOG_TOPIC, ENGINE_METRICS_TOPIC, WORKER_GROUP } from '../../schemas/topics.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { delay, type Now, SECOND } from '../platform/clock.ts'
import { AppError } from '../platform/errors.ts'
import type { Consumer, EventLog, LogRecord, RecordBatch } from '../platform/event-log/port.ts'
import type { Progress } from '../platform/health.ts'
import type { Logger } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import { retry } from '../platform/retry.ts'
import { beginTurns } from '../platform/turns.ts'
import { buildDeadLetterLimit, type DeadLetterLimitConfig } from './dead-letter-limit.ts'
import type { DecodedMessage, DecodeMessage, LineAt } from './decode/decode-message.ts'
import { type FlushDeps, flushBatch } from './flush.ts'
import { buildGatherer, type GatherConfig, type Gatherer } from './gather.ts'
import { buildJudge } from './judge.ts'
import { buildPacking, type Packing } from './packing.ts'
import { runLagReport } from './report-lag.ts'
import { buildParkedSources, type ParkedSources } from './sources.ts'
import { runTakeUp } from './take-up.ts'

/** What a worker reads. */
export const workerTopics = [ACCESS_LOG_TOPIC, ENGINE_METRICS_TOPIC] as const

/** How a worker reads, gathers and gives up. */
export interface WorkerConfig {
  gather: GatherConfig
  deadLetterLimit: DeadLetterLimitConfig
  /** How long a stopping worker tries to write what it holds; what is left then is read again by the next one. Milliseconds. */
  drainMs: number
  /** How often to look which sources are parked, milliseconds. */
  lookIntervalMs: number
}

/** What a worker needs. `decode` never throws for a bad line: it gives a dead letter. */
export interface WorkerDeps {
  eventLog: EventLog
  clickhouse: ClickHouse
  decode: DecodeMessage
  /** The same, which lets others have their turn. Default: decode. */
  decodeInTurns?: (record: LogRecord) => Promise<DecodedMessage>
  lineAt: LineAt
  /** Counts the lines of a message without reading them. */
  lineCount: (record: LogRecord) => number
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
  const sources = buildParkedSources(deps)
  const limit = buildDeadLetterLimit(config.deadLetterLimit, { now: deps.now, parked: () => sources.names })
  const giveUp = new AbortController()
  const leaving = Promise.withResolvers<void>()
  const persist = buildPersist(deps, giveUp.signal)
  const logEpoch = deps.eventLog.epoch
  const judge = buildJudge({ logEpoch }, { ...deps, limit, sources })
  // Nothing is decoded before it is known whose messages are kept aside: a restart would else refuse some of theirs each time.
  const known = persist('read of parked sources', () => sources.refresh())
  known.catch(() => undefined)
  const consumer = await deps.eventLog.consume(
    { group: WORKER_GROUP, topics: workerTopics },
    {
      async onBatch(batch) {
        const isKnown = await known.then(
          () => true,
          () => false,
        )
        const isTaken = isKnown && (await gather(batch, gatherer, judge, deps))
        // A stopping worker takes nothing more, and must not be offered the same records over and over while it writes its last batch.
        if (!isTaken) await leaving.promise
      },
    },
  )
  deps.logger.info({ group: WORKER_GROUP, topics: workerTopics }, 'reading')
  deps.onReading?.()
  const taking = new AbortController()
  const drain = () => {
    gatherer.close()
    taking.abort()
    setTimeout(() => giveUp.abort(), config.drainMs).unref()
  }
  if (signal.aborted) drain()
  else signal.addEventListener('abort', drain, { once: true })
  const member = { ...deps, consumer, limit, packing, sources, judge, persist, onLag: () => deps.progress.expect(LOOP) }
  const writing = writeBatches(gatherer, member)
  const lag = runLagReport({ group: WORKER_GROUP, topics: workerTopics, intervalMs: LAG_INTERVAL_MS }, member, giveUp.signal)
  const takingUp = known.then(() => runTakeUp({ intervalMs: config.lookIntervalMs, logEpoch }, member, taking.signal))
  takingUp.catch(() => undefined)
  try {
    await Promise.race([writing, endOf(consumer), known.then(() => new Promise<never>(() => {}))])
  } catch (error) {
    if (!(signal.aborted && error instanceof AppError && error.retryable)) throw error
    deps.logger.warn(
      { err: error, code: error.code },
      'stopped before everything read was written; the rest is uncommitted and will be read again',
    )
  } finally {
    signal.removeEventListener('abort', drain)
    giveUp.abort()
    taking.abort()
    gatherer.close()
    leaving.resolve()
    // What is under way still uses the connections that the caller closes next.
    await Promise.allSettled([writing, lag, takingUp])
    await consumer[Symbol.asyncDispose]()
  }
}

/** Gathers what the messages come to; false: the worker is stopping and took only part of them. */
async function gather(batch: RecordBatch, gatherer: Gatherer, decode: ReturnType<typeof buildJudge>, deps: WorkerDeps): Promise<boolean> {
  // Between messages too: small ones have no turns of their own.
  const turns = beginTurns()
  for (const record of batch.records) {
    if (!(await gatherer.add(record, decode))) return false
    if (turns.isOver) await turns.pass()
  }
  deps.progress.expect(LOOP)
  return true
}

async function writeBatches(
  gatherer: Gatherer,
  deps: Omit<FlushDeps, 'logger'> & WorkerDeps & { packing: Packing; sources: ParkedSources },
): Promise<void> {
  for (let batch = await gatherer.take(); batch; batch = await gatherer.take()) {
    // Before anything is acknowledged that was kept aside: a worker that dies in between must find its source parked.
    await deps.persist('parking of sources', () => deps.sources.save())
    gatherer.giveBack(await flushBatch(batch, deps))
    void deps.packing.learn()
    deps.progress.report(LOOP, { pending: !gatherer.isEmpty })
  }
}

/** Runs operations until they succeed, or `giveUp` aborts. */
function buildPersist({ logger }: Pick<WorkerDeps, 'logger'>, giveUp: AbortSignal): FlushDeps['persist'] {
  return (what, operation) =>
    retry(() => orGiveUp(operation(), what, giveUp), retryPolicy, {
      signal: giveUp,
      delay,
      random: Math.random,
      onRetry: (error, attempt, delayMs) =>
        logger.warn(
          { code: error.code, attempt, delayMs, reason: error.message },
          `${what} failed and is tried again; reading waits, no data is lost`,
        ),
    })
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

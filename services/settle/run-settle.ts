import { Compile } from 'typebox/compile'
import { WINDOW_SETTLED_TOPIC, WINDOW_TOUCHED_TOPIC } from '../../schemas/topics.ts'
import { WindowTouched } from '../../schemas/window-events.ts'
import { buildAlarm } from '../platform/alarm.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { type Now, SECOND } from '../platform/clock.ts'
import { AppError, messageOf } from '../platform/errors.ts'
import type { Consumer, EventLog, RecordBatch } from '../platform/event-log/port.ts'
import type { Progress } from '../platform/health.ts'
import type { Logger } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import { busyWaitMs, restMs } from './busy-wait.ts'
import { buildPendingWindows, type PendingWindow, type PendingWindows } from './pending-windows.ts'
import type { PriceBookStore } from './price-book-store.ts'
import { type SettleOutcome, settleWindows } from './settle-windows.ts'

/** The consumer group that settles. Its members share the windows by the partitions of the touched topic. */
export const SETTLE_GROUP = 'weir-settle'

/** `quietMs`, `maxWaitMs`: see WEIR_SETTLE_QUIET_MS and WEIR_SETTLE_MAX_WAIT_MS. */
export interface SettleConfig {
  quietMs: number
  maxWaitMs: number
}

export interface SettleDeps {
  eventLog: EventLog
  clickhouse: ClickHouse
  prices: PriceBookStore
  metrics: Metrics<'settle'>
  progress: Progress
  logger: Logger
  now: Now
  /** Told once it reads. */
  onReading?: () => void
  /** Told when touches were removed before they were read: windows may have to be found by their rows. */
  onGap?: () => void
}

/** What is read and how far it is done. `committed`: positions stored last, by partition. */
interface Reading {
  pending: PendingWindows
  committed: Map<number, number>
  /** How old the rows were that were written last, ms. */
  rowAgeMs: number
  /** Rows that came since the last pass began, and how many a second came before that. */
  newRows: number
  rowsPerSecondBefore: number
  /** How many windows may be settled together: fewer after a failure, which may be the fault of one of them. */
  together: number
}

/** Windows taken at once at most; settle-windows.ts divides them into passes. */
const MOST_TOGETHER = 2_000
const RETRY_AFTER_MS = 2 * SECOND
const touchedCheck = Compile(WindowTouched)

/**
 * Settles touched windows, all that are due together, until `signal` aborts, then finishes those under way. A touch is committed only after
 * its window, and every window touched before it in the partition, is published: a crash settles them again, which changes no number.
 * Rejects when the consumer cannot go on or ClickHouse refuses a query for good.
 */
export async function settleTouched(config: SettleConfig, deps: SettleDeps, signal: AbortSignal): Promise<void> {
  const pending = buildPendingWindows()
  const reading: Reading = { pending, committed: new Map(), rowAgeMs: 0, newRows: 0, rowsPerSecondBefore: 0, together: MOST_TOGETHER }
  const alarm = buildAlarm()
  await using consumer = await deps.eventLog.consume(
    { group: SETTLE_GROUP, topics: [WINDOW_TOUCHED_TOPIC] },
    {
      async onBatch(batch) {
        takeIn(batch, reading, deps)
        alarm.ring()
      },
      onRevoked(_topic, partitions) {
        pending.forget(partitions)
        for (const partition of partitions) reading.committed.delete(partition)
      },
      onGap(topic, partition, what) {
        deps.logger.error({ topic, partition, what }, 'touches of windows are gone; windows are compared with raw rows')
        deps.onGap?.()
      },
    },
  )
  deps.onReading?.()
  const stopped = consumer.stopped.then(() => undefined)
  stopped.catch(() => alarm.ring())
  signal.addEventListener('abort', () => alarm.ring(), { once: true })
  let last = { startedMs: 0, endedMs: 0 }
  while (!signal.aborted) {
    // Rejects at once when the consumer has failed, however much is waiting.
    await Promise.race([stopped, undefined])
    const nowMs = deps.now()
    const lastDurationMs = last.endedMs - last.startedMs
    const { rowAgeMs, newRows, rowsPerSecondBefore } = reading
    const sinceLastMs = nowMs - last.startedMs
    const load = { lastDurationMs, rowAgeMs, newRows, sinceLastMs, rowsPerSecondBefore }
    const due = { quietMs: config.quietMs, busyMs: busyWaitMs(load, config), restUntilMs: last.endedMs + restMs(load, config) }
    const windows = pending.takeDue(nowMs, due, reading.together)
    deps.metrics.settle_touched_windows_count.set({}, pending.waiting)
    if (windows.length === 0) {
      await commitAll(reading, consumer, deps)
      const nextMs = pending.nextDueMs(due)
      await Promise.race([alarm.wait(nextMs === undefined ? SECOND : Math.max(1, nextMs - deps.now())), stopped])
      continue
    }
    reading.rowsPerSecondBefore = (newRows * SECOND) / sinceLastMs
    reading.newRows = 0
    const isDone = await settleTaken(windows, reading, consumer, deps)
    reading.together = isDone ? Math.min(MOST_TOGETHER, reading.together * 2) : Math.max(1, Math.floor(windows.length / 2))
    if (isDone) last = { startedMs: nowMs, endedMs: deps.now() }
  }
}

function takeIn(batch: RecordBatch, reading: Reading, deps: SettleDeps): void {
  const { pending } = reading
  for (const record of batch.records) {
    const event = parseTouched(record.value)
    const position = { partition: batch.partition, offset: record.offset }
    if (event) {
      pending.touch(event, position, deps.now())
      reading.newRows += event.rows
      if (event.cause === 'rows') reading.rowAgeMs = deps.now() - event.oldest_received_at_ms
      continue
    }
    pending.pass(position)
    deps.logger.warn({ topic: record.topic, ...position }, 'not a window-touched message; passed over, no rows are lost')
  }
  deps.progress.expect('settle')
}

function parseTouched(value: Uint8Array): WindowTouched | undefined {
  try {
    const event: unknown = JSON.parse(Buffer.from(value).toString('utf8'))
    return touchedCheck.Check(event) ? event : undefined
  } catch {
    return undefined
  }
}

/** Settles the windows together; false: it failed for now, and they are due again in a while. */
async function settleTaken(windows: readonly PendingWindow[], reading: Reading, consumer: Consumer, deps: SettleDeps): Promise<boolean> {
  const { pending } = reading
  const startedMs = deps.now()
  try {
    const onlyIfChanged = new Set(windows.filter(({ hasNewRows }) => !hasNewRows).map(({ windowStartMs }) => windowStartMs))
    const outcome = await settleWindows(
      windows.map(({ windowStartMs }) => windowStartMs),
      deps,
      { onlyIfChanged },
    )
    tellRefused(outcome, deps)
    await announce(windows, outcome, deps)
  } catch (error) {
    if (!(error instanceof AppError && error.retryable)) throw error
    deps.metrics.settle_failures_total.inc({})
    deps.logger.warn({ windows: windows.length, reason: messageOf(error) }, 'windows could not be settled and are tried again')
    for (const { windowStartMs } of windows) pending.putBack(windowStartMs, deps.now() + RETRY_AFTER_MS)
    return false
  }
  for (const { windowStartMs } of windows) pending.finish(windowStartMs)
  await commitAll(reading, consumer, deps)
  deps.metrics.settle_duration_seconds.observe({}, (deps.now() - startedMs) / SECOND)
  for (const { hasNewRows, oldestReceivedAtMs } of windows) {
    deps.metrics.settle_windows_total.inc({ cause: hasNewRows ? 'rows' : 'dependency' })
    if (hasNewRows) deps.metrics.settle_freshness_seconds.observe({}, Math.max(0, deps.now() - oldestReceivedAtMs) / SECOND)
  }
  deps.progress.report('settle', { pending: pending.waiting > 0 })
  return true
}

function tellRefused({ refused }: SettleOutcome, { metrics, logger }: SettleDeps): void {
  for (const { window_start_ms, rows_before, rows_now } of refused) {
    metrics.settle_refused_windows_total.inc({})
    logger.error(
      { window: new Date(window_start_ms).toISOString(), rows_before, rows_now },
      'raw rows of a settled window are gone; it stays as it was published',
    )
  }
}

/** Says what is settled and asks for the windows that depend on it; a dependency asks for no further one, so it ends there. */
async function announce(windows: readonly PendingWindow[], outcome: SettleOutcome, deps: SettleDeps): Promise<void> {
  const settled = outcome.settled.map(event => ({ key: String(event.window_start_ms), value: Buffer.from(JSON.stringify(event)) }))
  await deps.eventLog.append(WINDOW_SETTLED_TOPIC, settled)
  const withRows = windows.filter(({ hasNewRows }) => hasNewRows)
  if (withRows.length === 0 || outcome.dependents.length === 0) return
  const oldest = Math.min(...withRows.map(({ oldestReceivedAtMs }) => oldestReceivedAtMs))
  await deps.eventLog.append(
    WINDOW_TOUCHED_TOPIC,
    outcome.dependents.map(start => {
      const touched: WindowTouched = { window_start_ms: start, cause: 'dependency', rows: 0, oldest_received_at_ms: oldest }
      return { key: String(start), value: Buffer.from(JSON.stringify(touched)) }
    }),
  )
}

async function commitAll({ pending, committed }: Reading, consumer: Consumer, deps: SettleDeps): Promise<void> {
  for (const [partition, offset] of pending.committable()) {
    if (committed.get(partition) === offset || !consumer.owns(WINDOW_TOUCHED_TOPIC, partition)) continue
    try {
      await consumer.commit(WINDOW_TOUCHED_TOPIC, partition, offset)
      committed.set(partition, offset)
    } catch (error) {
      // The next owner settles these windows once more; the numbers stay.
      if (!(error instanceof AppError && (error.code === 'EVENT_LOG_NOT_OWNER' || error.retryable))) throw error
      deps.logger.info(
        { partition, code: error.code },
        'a commit of settled windows was not taken; they are settled again by the next owner',
      )
    }
  }
}

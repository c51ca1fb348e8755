/** Publishes hours whose minutes were settled: the live views that dashboards and the API read. Statements read the minutes. */
import { Compile } from 'typebox/compile'
import { WINDOW_SETTLED_TOPIC } from '../../schemas/topics.ts'
import { WindowSettled } from '../../schemas/window-events.ts'
import { buildPriceBook } from '../money/price-book/resolve.ts'
import { newestPriceVersion, readStoredPrices } from '../money/price-book/stored-prices.ts'
import type { Terms } from '../money/terms/terms.ts'
import { readTerms } from '../money/terms/terms-store.ts'
import { readQuery } from '../platform/clickhouse/read-query.ts'
import { delay, HOUR, MINUTE, SECOND } from '../platform/clock.ts'
import { AppError, messageOf } from '../platform/errors.ts'
import type { Consumer, RecordBatch } from '../platform/event-log/port.ts'
import { type Basis, codeOf, OLDEST_MS, type PublishDeps, publishHour } from './publish-hour.ts'
import { publishStalePools } from './publish-stale-pools.ts'

/**
 * The consumer group that publishes. Its members share the hours by the partitions of the settled topic; two
 * that publish the same one agree.
 */
export const CHARGE_GROUP = 'weir-charge'

/** How far the topic was read, by partition, and the hours (ms) that are to be published for it. */
interface Pending {
  hours: Set<number>
  /** Hours that failed for good, with the time (ms) at which they are tried again. */
  setAside: Map<number, number>
  nextOffsets: Map<number, number>
}

/** An hour that failed for good waits so long: it costs queries, and a mend takes people. */
const SET_ASIDE_MS = 10 * MINUTE
const settledCheck = Compile(WindowSettled)
const staleHoursSql = readQuery(import.meta.url, 'stale-hours')

/**
 * Publishes until `signal` aborts, then what was settled until then. Every `intervalMs` the hours whose minutes were settled, the newest
 * first; at the start and after an import of terms also those of the last 35 days that were published with other terms, or never; when an
 * hour is over, its pools. Offsets are committed when their hours are published. A tenant or a pool whose amounts cannot be computed is
 * left out of the hour and logged, an hour that fails for good is set aside and logged, so that one does not hold up the rest. Rejects
 * when the consumer cannot go on or the terms cannot be read.
 */
export async function publishHours(config: { intervalMs: number }, deps: PublishDeps, signal: AbortSignal): Promise<void> {
  const pending: Pending = { hours: new Set(), setAside: new Map(), nextOffsets: new Map() }
  await using consumer = await deps.eventLog.consume(
    { group: CHARGE_GROUP, topics: [WINDOW_SETTLED_TOPIC] },
    {
      async onBatch(batch) {
        takeIn(batch, pending)
        deps.progress.expect('charge')
      },
      onRevoked(_topic, partitions) {
        for (const partition of partitions) pending.nextOffsets.delete(partition)
      },
    },
  )
  deps.onReading?.()
  const stopped = consumer.stopped.then(() => undefined)
  stopped.catch(() => undefined)
  let basis: Basis | undefined
  let isLast = false
  while (!isLast) {
    await Promise.race([delay(config.intervalMs, signal), stopped])
    isLast = signal.aborted
    try {
      basis = await publishRound(pending, basis, consumer, deps)
      deps.progress.report('charge', { pending: pending.hours.size > 0 })
    } catch (error) {
      if (!(error instanceof AppError && error.retryable)) throw error
      deps.metrics.charge_failures_total.inc({})
      deps.logger.warn({ reason: messageOf(error) }, 'hours could not be published and are tried again')
    }
  }
}

function takeIn(batch: RecordBatch, { hours, nextOffsets }: Pending): void {
  for (const record of batch.records) {
    const start = startOf(record.value)
    if (start !== undefined) hours.add(Math.floor(start / HOUR) * HOUR)
    nextOffsets.set(batch.partition, record.offset + 1)
  }
}

function startOf(value: Uint8Array): number | undefined {
  try {
    const event: unknown = JSON.parse(Buffer.from(value).toString('utf8'))
    return settledCheck.Check(event) ? event.window_start_ms : undefined
  } catch {
    return undefined
  }
}

async function publishRound(pending: Pending, before: Basis | undefined, consumer: Consumer, deps: PublishDeps): Promise<Basis> {
  const basis = await readBasis(before, deps)
  const areTermsNew = basis.terms.version !== before?.terms.version
  if (areTermsNew) for (const hour of await staleHours(basis.terms, deps)) pending.hours.add(hour)
  for (const [hour, atMs] of pending.setAside) if (atMs <= deps.now()) pending.hours.add(hour)
  const offsets = [...pending.nextOffsets]
  for (const hour of [...pending.hours].sort((a, b) => b - a)) {
    // Taken out first: a minute that is settled meanwhile puts it in again.
    pending.hours.delete(hour)
    pending.setAside.delete(hour)
    await publishHour(hour, basis, deps).catch(error => setAside(hour, error, pending, deps))
  }
  for (const [partition, offset] of offsets) await commit(partition, offset, consumer, pending)
  // Pools cost whether anything is settled or not: an hour that is over is published all the same.
  if (areTermsNew || basis.hour !== before?.hour) await publishStalePools(basis, deps)
  return basis
}

/**
 * What may pass by itself is thrown on, and the hour tried in the next round; any other fault costs this hour alone, which is tried again
 * later.
 */
function setAside(hour: number, error: unknown, pending: Pending, { metrics, logger, now }: PublishDeps): void {
  if (error instanceof AppError && error.retryable) {
    pending.hours.add(hour)
    throw error
  }
  pending.setAside.set(hour, now() + SET_ASIDE_MS)
  metrics.charge_failures_total.inc({})
  logger.error(
    { hour: new Date(hour).toISOString(), code: codeOf(error), err: error },
    `an hour cannot be published, the others are; it is tried again in ${SET_ASIDE_MS / MINUTE} minutes: ${messageOf(error)}`,
  )
}

async function commit(partition: number, offset: number, consumer: Consumer, pending: Pending): Promise<void> {
  if (!consumer.owns(WINDOW_SETTLED_TOPIC, partition)) return
  try {
    await consumer.commit(WINDOW_SETTLED_TOPIC, partition, offset)
    if (pending.nextOffsets.get(partition) === offset) pending.nextOffsets.delete(partition)
  } catch (error) {
    // The next owner publishes these hours once more.
    if (!(error instanceof AppError && error.code === 'EVENT_LOG_NOT_OWNER')) throw error
  }
}

/** Reads terms, and prices where a new version of them is in force. */
async function readBasis(before: Basis | undefined, { clickhouse, now }: PublishDeps): Promise<Basis> {
  const terms = await readTerms(clickhouse)
  const hour = Math.floor(now() / HOUR) * HOUR
  if (terms.pools.every(pool => pool.compare_with === null)) return { terms, hour, priceVersion: 0, prices: buildPriceBook([]) }
  const priceVersion = await newestPriceVersion(clickhouse)
  if (before?.priceVersion === priceVersion) return { ...before, terms, hour }
  return { terms, hour, priceVersion, prices: buildPriceBook(await readStoredPrices(clickhouse, priceVersion)) }
}

async function staleHours(terms: Terms, { clickhouse, now }: PublishDeps): Promise<number[]> {
  const rows = await clickhouse.query<{ hour: number }>(staleHoursSql, {
    from: Math.max(0, Math.floor((now() - OLDEST_MS) / SECOND)),
    terms_version: terms.version,
  })
  return rows.map(({ hour }) => hour * SECOND)
}

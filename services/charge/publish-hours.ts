/** Publishes hours whose minutes were settled: the live views that dashboards and the API read. Statements read the minutes. */
import { Compile } from 'typebox/compile'
import { WINDOW_SETTLED_TOPIC } from '../../schemas/topics.ts'
import { WindowSettled } from '../../schemas/window-events.ts'
import { publishChargeHour } from '../money/charges/publish-charge-hour.ts'
import { publishPoolHour } from '../money/pools/publish-pool-hour.ts'
import { buildPriceBook, type PriceBook } from '../money/price-book/resolve.ts'
import { newestPriceVersion, readStoredPrices } from '../money/price-book/stored-prices.ts'
import type { Terms } from '../money/terms/terms.ts'
import { readTerms } from '../money/terms/terms-store.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { readQuery } from '../platform/clickhouse/read-query.ts'
import { DAY, delay, HOUR, MINUTE, type Now, SECOND } from '../platform/clock.ts'
import { AppError, messageOf } from '../platform/errors.ts'
import type { Consumer, EventLog, RecordBatch } from '../platform/event-log/port.ts'
import type { Progress } from '../platform/health.ts'
import type { Logger } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'

/**
 * The consumer group that publishes. Its members share the hours by the partitions of the settled topic; two
 * that publish the same one agree.
 */
export const CHARGE_GROUP = 'weir-charge'

export interface PublishDeps {
  eventLog: EventLog
  clickhouse: ClickHouse
  metrics: Metrics<'charge'>
  progress: Progress
  logger: Logger
  now: Now
  /** Told once it reads. */
  onReading?: () => void
}

/** What hours are made with, kept from round to round. */
interface Basis {
  terms: Terms
  priceVersion: number
  prices: PriceBook
}

/** How far the topic was read, by partition, and the hours (ms) that are to be published for it. */
interface Pending {
  hours: Set<number>
  /** Hours that failed for good, with the time (ms) at which they are tried again. */
  setAside: Map<number, number>
  /** The newest hour that was published: told in part as long as it runs. */
  runningHour?: number
  nextOffsets: Map<number, number>
}

/** Lines are accepted for so long, so that older hours are not settled any more. */
const OLDEST_MS = 35 * DAY
/** An hour that failed for good waits so long: it costs queries, and a mend takes people. */
const SET_ASIDE_MS = 10 * MINUTE
const settledCheck = Compile(WindowSettled)
const staleHoursSql = readQuery(import.meta.url, 'stale-hours')

/**
 * Publishes until `signal` aborts, then what was settled until then. Every `intervalMs` the hours whose minutes were settled, the newest
 * first; at the start and after an import of terms also those of the last 35 days that were published with other terms, or never. Offsets
 * are committed when their hours are published. A tenant or a pool whose amounts cannot be computed is left out of the hour and logged, an
 * hour that fails for good is set aside and logged, so that one does not hold up the rest. Rejects when the consumer cannot go on or the
 * terms cannot be read.
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
  const basis = await readBasis(before, deps.clickhouse)
  if (basis.terms.version !== before?.terms.version) for (const hour of await staleHours(basis.terms, deps)) pending.hours.add(hour)
  for (const [hour, atMs] of pending.setAside) if (atMs <= deps.now()) pending.hours.add(hour)
  const offsets = [...pending.nextOffsets]
  const newest = Math.max(...pending.hours)
  // What is settled now ends the hour that ran, also where its last minutes had no rows.
  if (pending.runningHour !== undefined && newest > pending.runningHour) pending.hours.add(pending.runningHour)
  if (pending.hours.size > 0) pending.runningHour = Math.max(newest, pending.runningHour ?? 0)
  for (const hour of [...pending.hours].sort((a, b) => b - a)) {
    // Taken out first: a minute that is settled meanwhile puts it in again.
    pending.hours.delete(hour)
    pending.setAside.delete(hour)
    await publishHour(hour, basis, deps).catch(error => setAside(hour, error, pending, deps))
  }
  for (const [partition, offset] of offsets) await commit(partition, offset, consumer, pending)
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

/** Publishes an hour. Who cannot be computed in it is left out and told; only what may pass by itself is thrown on. */
async function publishHour(hour: number, { terms, prices }: Basis, deps: PublishDeps): Promise<void> {
  const place = { hour: new Date(hour).toISOString() }
  const refused = (whose: object) => (name: string, reason: unknown) => {
    deps.metrics.charge_failures_total.inc({})
    const facts = { ...place, ...whose, reason: messageOf(reason), code: codeOf(reason) }
    deps.logger.error(facts, `the hour is published without ${name}, whose amounts cannot be computed`)
  }
  await publishChargeHour(hour, terms, { ...deps, onRefused: refused({ what: 'charges of a tenant' }) })
  await publishPoolHour(hour, terms, { ...deps, prices, onRefused: refused({ what: 'costs of a pool' }) })
  deps.metrics.charge_hours_total.inc({})
}

function codeOf(thrown: unknown): string {
  return thrown instanceof AppError ? thrown.code : 'INTERNAL_ERROR'
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
async function readBasis(before: Basis | undefined, clickhouse: ClickHouse): Promise<Basis> {
  const terms = await readTerms(clickhouse)
  if (terms.pools.every(pool => pool.compare_with === null)) return { terms, priceVersion: 0, prices: buildPriceBook([]) }
  const priceVersion = await newestPriceVersion(clickhouse)
  if (before?.priceVersion === priceVersion) return { ...before, terms }
  return { terms, priceVersion, prices: buildPriceBook(await readStoredPrices(clickhouse, priceVersion)) }
}

async function staleHours(terms: Terms, { clickhouse, now }: PublishDeps): Promise<number[]> {
  const rows = await clickhouse.query<{ hour: number }>(staleHoursSql, {
    from: Math.max(0, Math.floor((now() - OLDEST_MS) / SECOND)),
    terms_version: terms.version,
    has_pools: terms.pools.length > 0,
  })
  return rows.map(({ hour }) => hour * SECOND)
}

/** How one UTC hour is published. */
import { publishChargeHour } from '../money/charges/publish-charge-hour.ts'
import { publishPoolHours } from '../money/pools/publish-pool-hours.ts'
import { toldUntil } from '../money/pools/told-until.ts'
import type { PriceBook } from '../money/price-book/resolve.ts'
import type { Terms } from '../money/terms/terms.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { DAY, HOUR, type Now } from '../platform/clock.ts'
import { AppError, messageOf } from '../platform/errors.ts'
import type { EventLog } from '../platform/event-log/port.ts'
import type { Progress } from '../platform/health.ts'
import type { Logger } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'

/** What publishing needs. */
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
export interface Basis {
  terms: Terms
  /** The UTC hour (ms) that ran when all hours before it were looked at. */
  hour: number
  priceVersion: number
  prices: PriceBook
}

/** Lines are accepted for so long, so that older hours are not settled any more. */
export const OLDEST_MS = 35 * DAY

/** Publishes an hour (ms). Who cannot be computed in it is left out and told; only what may pass by itself is thrown on. */
export async function publishHour(hour: number, { terms, prices }: Basis, deps: PublishDeps): Promise<void> {
  const untilMs = await toldUntil(deps.now(), deps)
  const span = { start_ms: hour, end_ms: hour + HOUR }
  await publishChargeHour(hour, terms, { ...deps, onRefused: tellRefused(hour, 'charges of a tenant', deps) })
  await publishPoolHours(span, terms, { ...deps, prices, untilMs, onRefused: tellRefused(hour, 'costs of a pool', deps) })
  deps.metrics.charge_hours_total.inc({})
}

/** Logs and counts who is left out of an hour, or of the hours from it on. */
export function tellRefused(hour: number, what: string, { metrics, logger }: Pick<PublishDeps, 'metrics' | 'logger'>) {
  return (name: string, reason: unknown) => {
    metrics.charge_failures_total.inc({})
    const facts = { hour: new Date(hour).toISOString(), what, reason: messageOf(reason), code: codeOf(reason) }
    logger.error(facts, `the hour is published without ${name}, whose amounts cannot be computed`)
  }
}

/** The code of an error; INTERNAL_ERROR for one that is not ours. */
export function codeOf(thrown: unknown): string {
  return thrown instanceof AppError ? thrown.code : 'INTERNAL_ERROR'
}

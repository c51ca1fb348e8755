import { tablesOf } from '../../schemas/tables.ts'
import { WINDOW_TOUCHED_TOPIC } from '../../schemas/topics.ts'
import type { WindowTouched } from '../../schemas/window-events.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { readQuery } from '../platform/clickhouse/read-query.ts'
import { DAY, delay, HOUR, MINUTE, type Now, SECOND } from '../platform/clock.ts'
import { AppError, messageOf } from '../platform/errors.ts'
import type { EventLog } from '../platform/event-log/port.ts'
import type { Logger } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'

/**
 * How late a row may come (schemas/clickhouse holds no later one), and how far ahead a sender's clock may be:
 * worker/decode/accept-time.ts.
 */
const LATE_MS = 35 * DAY
const AHEAD_MS = 5 * MINUTE
/** What is written when a process starts is settled by then in the usual way. */
const FIRST_AFTER_MS = 5 * SECOND
const TOUCHES_AT_ONCE = 1_000

/** What reconciling needs. */
export interface ReconcileDeps {
  clickhouse: ClickHouse
  eventLog: Pick<EventLog, 'append'>
  metrics: Metrics<'settle'>
  logger: Logger
  now: Now
}

/** Windows (starts in ms) whose figures are not those of the raw rows. `fewer`: rows are gone that the figures were made from. */
export interface Unsettled {
  changed: readonly number[]
  fewer: readonly number[]
}

/**
 * Compares the raw rows of each window in [fromMs, untilMs) with those that its version in place was made from. Windows of days whose raw
 * rows were dropped for their age, and those that read them, are neither.
 */
export async function findUnsettled(span: { fromMs: number; untilMs: number }, clickhouse: ClickHouse): Promise<Unsettled> {
  const [from, until] = [Math.floor(span.fromMs / MINUTE) * 60, Math.ceil(span.untilMs / MINUTE) * 60]
  const days = await clickhouse.query<{ day: number }>(readQuery(import.meta.url, 'differing-days'), {
    from,
    until,
    name: clickhouse.database,
  })
  const rows = await clickhouse.query<{ window: number; is_fewer: boolean | 0 | 1 }>(readQuery(import.meta.url, 'unsettled-windows'), {
    from,
    until,
    days: days.map(({ day }) => day),
    raw_tables: tablesOf('raw'),
  })
  const startsOf = (isFewer: boolean) => rows.filter(row => Boolean(row.is_fewer) === isFewer).map(({ window }) => window * SECOND)
  return { changed: startsOf(false), fewer: startsOf(true) }
}

/** Touches every window within the late horizon that is not settled from the rows there are, and says of which rows are gone. */
export async function reconcile(deps: ReconcileDeps): Promise<Unsettled> {
  const nowMs = deps.now()
  const found = await findUnsettled({ fromMs: nowMs - LATE_MS, untilMs: nowMs + AHEAD_MS }, deps.clickhouse)
  for (let from = 0; from < found.changed.length; from += TOUCHES_AT_ONCE) {
    const touches = found.changed.slice(from, from + TOUCHES_AT_ONCE).map(start => {
      const touched: WindowTouched = { window_start_ms: start, cause: 'rows', rows: 0, oldest_received_at_ms: nowMs }
      return { key: String(start), value: Buffer.from(JSON.stringify(touched)) }
    })
    await deps.eventLog.append(WINDOW_TOUCHED_TOPIC, touches)
  }
  deps.metrics.settle_windows_of_fewer_rows_count.set({}, found.fewer.length)
  if (found.changed.length > 0)
    deps.logger.info({ windows: found.changed.length }, 'windows whose rows were not all settled are settled now')
  if (found.fewer.length > 0) {
    const first = new Date(found.fewer[0] ?? 0).toISOString()
    deps.logger.error({ windows: found.fewer.length, first }, 'raw rows of settled windows are gone; they stay as they were published')
  }
  return found
}

/** Something that reconciles now and then, and at once when it is asked to. */
export interface Reconciler {
  ask(): void
  run(signal: AbortSignal): Promise<void>
}

/**
 * Builds one that reconciles soon after it starts and then every hour, until its signal aborts. A failed round is logged; the next does
 * its work.
 */
export function buildReconciler(deps: ReconcileDeps, { everyMs = HOUR, firstAfterMs = FIRST_AFTER_MS } = {}): Reconciler {
  let asked = new AbortController()
  return {
    ask: () => asked.abort(),
    async run(signal) {
      signal.addEventListener('abort', () => asked.abort(), { once: true })
      let waitMs = firstAfterMs
      while (!signal.aborted) {
        await delay(waitMs, asked.signal)
        if (signal.aborted) return
        asked = new AbortController()
        try {
          await reconcile(deps)
          waitMs = everyMs
        } catch (error) {
          if (!(error instanceof AppError)) throw error
          deps.logger.warn({ reason: messageOf(error) }, 'settled windows could not be compared with raw rows; tried again in a minute')
          waitMs = MINUTE
        }
      }
    },
  }
}

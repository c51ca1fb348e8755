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
import { findLost } from './lost-rows.ts'

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

/** `lost`: rows of the version in place are gone, and the raw rows that it was made from are there. */
export async function findAll(
  span: { fromMs: number; untilMs: number },
  clickhouse: ClickHouse,
): Promise<Unsettled & { lost: readonly number[] }> {
  const before = await findLost(span, clickhouse)
  const found = await findUnsettled(span, clickhouse)
  const others = new Set([...found.changed, ...found.fewer])
  const suspects = before.filter(({ window_start_ms }) => !others.has(window_start_ms))
  if (suspects.length === 0) return { ...found, lost: [] }
  // A version that was in place all the time lacks them; one that rows came after, and that was replaced in between, does not.
  const after = new Set((await findLost(span, clickhouse)).map(({ settle_version }) => settle_version))
  const lost = suspects.filter(({ settle_version }) => after.has(settle_version)).map(({ window_start_ms }) => window_start_ms)
  return { ...found, lost }
}

/**
 * Touches every window within the late horizon that is not settled from the rows there are, or whose settled rows are not there, and says
 * of which raw rows are gone.
 */
export async function reconcile(deps: ReconcileDeps): Promise<Unsettled & { lost: readonly number[] }> {
  const nowMs = deps.now()
  const found = await findAll({ fromMs: nowMs - LATE_MS, untilMs: nowMs + AHEAD_MS }, deps.clickhouse)
  const touched = [...found.changed, ...found.lost].sort((a, b) => a - b)
  for (let from = 0; from < touched.length; from += TOUCHES_AT_ONCE) {
    const touches = touched.slice(from, from + TOUCHES_AT_ONCE).map(start => {
      const touched: WindowTouched = { window_start_ms: start, cause: 'rows', rows: 0, oldest_received_at_ms: nowMs }
      return { key: String(start), value: Buffer.from(JSON.stringify(touched)) }
    })
    await deps.eventLog.append(WINDOW_TOUCHED_TOPIC, touches)
  }
  deps.metrics.settle_windows_of_fewer_rows_count.set({}, found.fewer.length)
  await noteCheck(found, nowMs, deps)
  if (found.changed.length > 0)
    deps.logger.info({ windows: found.changed.length }, 'windows whose rows were not all settled are settled now')
  if (found.lost.length > 0) {
    const first = new Date(found.lost[0] ?? 0).toISOString()
    deps.logger.warn(
      { windows: found.lost.length, first },
      'settled versions lack rows: power failed, or an older release made none; made again',
    )
  }
  if (found.fewer.length > 0) {
    const first = new Date(found.fewer[0] ?? 0).toISOString()
    deps.logger.error({ windows: found.fewer.length, first }, 'raw rows of settled windows are gone; they stay as they were published')
  }
  return found
}

/** Keeps what was found where alerting reads it: rows that are gone have to be told to somebody, and no figure shows them. */
async function noteCheck(
  { changed, lost, fewer }: Unsettled & { lost: readonly number[] },
  nowMs: number,
  { clickhouse }: Pick<ReconcileDeps, 'clickhouse'>,
): Promise<void> {
  const startOf = (atMs: number | undefined) => (atMs === undefined ? null : atMs / SECOND)
  const row = [nowMs, changed.length, lost.length, fewer.length, startOf(fewer.at(0)), startOf(fewer.at(-1))]
  await clickhouse.insert('window_checks', ['checked_at', 'changed', 'lost', 'fewer', 'first_fewer', 'last_fewer'], [row])
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

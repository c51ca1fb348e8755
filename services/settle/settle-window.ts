import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { MINUTE, type Now } from '../platform/clock.ts'
import type { PriceBookStore } from './price-book-store.ts'
import { conflictsSql, joinedGroupsSql, rollupSql, soleGroupsSql, type WindowShape } from './settle-sql.ts'

/** Size of one event of an OpenAI-compatible stream, which carries about one token (see queries/priced.sql). */
const STREAM_BYTES_PER_TOKEN = 200

/** A published version of a window. */
export interface SettledWindow {
  window_start_ms: number
  settle_version: string
  requests: number
  attempts: number
  /** Starts (ms) of other windows that this one showed to be out of date; to be settled again. */
  dependents: readonly number[]
}

interface RawCounts {
  raw_rows: number
  identities: number
  joinable_rows: number
  last_version: number
  samples: number
}

interface GroupSums {
  requests: number
  attempts: number
  attempts_reported: number
  unseen_attempts: number
}

/**
 * Computes the window that starts at `windowStartMs` from raw rows and publishes it under a new version. The numbers depend on nothing but the raw rows
 * and the price book; only the version number comes from the clock. The last statement, one insert into settled_windows, makes the version current:
 * a crash before it leaves the former version in place. Rejects with the AppErrors of ClickHouse.
 */
export async function settleWindow(
  windowStartMs: number,
  deps: { clickhouse: ClickHouse; prices: PriceBookStore; now: Now },
): Promise<SettledWindow> {
  const { clickhouse, prices, now } = deps
  const window = windowStartMs / 1000
  // Taken before the rows are read: of two settlers the one that read later has the higher version.
  const startedUs = now() * 1000
  const counts = await countRaw(clickhouse, window)
  const version = Math.max(startedUs, counts.last_version + 1)
  const neighbours = counts.joinable_rows > 0 ? await spannedWindows(clickhouse, window) : []
  const shape: WindowShape = { hasRepeats: counts.identities < counts.raw_rows || neighbours.length > 0, isSpanning: neighbours.length > 0 }
  const book = await prices.prepare(window, shape.isSpanning)
  const parameters = {
    window,
    version,
    price_version: book.version,
    base_currency: book.currency,
    stream_bytes_per_token: STREAM_BYTES_PER_TOKEN,
  }

  if (counts.raw_rows > counts.joinable_rows) await clickhouse.command(soleGroupsSql(shape), parameters)
  if (counts.joinable_rows > 0) await clickhouse.command(joinedGroupsSql(shape), parameters)
  await Promise.all([
    ...(counts.raw_rows > 0
      ? [rollupSql.usage, rollupSql.latency, rollupSql.resilience, rollupSql.provider].map(sql => clickhouse.command(sql, parameters))
      : []),
    ...(shape.hasRepeats ? [clickhouse.command(conflictsSql(shape), parameters)] : []),
    ...(counts.samples > 0 ? [clickhouse.command(rollupSql.pool, parameters)] : []),
  ])
  const sums = await groupSums(clickhouse, window, version)
  const conflicts = shape.hasRepeats ? await countConflicts(clickhouse, window, version) : 0
  const repeats = counts.raw_rows - counts.identities
  await clickhouse.insert('settled_windows', settledColumns, [
    [
      window,
      version,
      book.version,
      counts.raw_rows,
      Math.max(0, repeats - conflicts),
      conflicts,
      sums.requests,
      sums.attempts,
      sums.attempts_reported,
      sums.unseen_attempts,
      now(),
    ],
  ])
  const later = counts.samples > 0 ? await laterSampledWindows(clickhouse, window) : []
  return {
    window_start_ms: windowStartMs,
    settle_version: String(version),
    requests: sums.requests,
    attempts: sums.attempts,
    dependents: [...new Set([...neighbours, ...later])].map(start => start * 1000).sort((a, b) => a - b),
  }
}

const settledColumns = [
  'window_start',
  'settle_version',
  'price_version',
  'raw_rows',
  'duplicates',
  'conflicts',
  'requests',
  'attempts',
  'attempts_reported',
  'unseen_attempts',
  'settled_at',
]

async function countRaw(clickhouse: ClickHouse, window: number): Promise<RawCounts> {
  const [row] = await clickhouse.query<RawCounts>(
    `SELECT count() AS raw_rows, uniqExact(sipHash128(tenant_id, source, request_id, attempt_key)) AS identities, countIf(NOT is_sole_row) AS joinable_rows,
       (SELECT max(settle_version) FROM {database}.settled_windows WHERE window_start = {window:DateTime('UTC')}) AS last_version,
       (SELECT count() FROM {database}.engine_samples_raw WHERE window_start = {window:DateTime('UTC')}) AS samples
     FROM {database}.attempts_raw WHERE window_start = {window:DateTime('UTC')}`,
    { window },
  )
  return row as RawCounts
}

/** Windows (s) within the joining distance that hold further attempts of this window's requests. */
async function spannedWindows(clickhouse: ClickHouse, window: number): Promise<number[]> {
  const rows = await clickhouse.query<{ start: number }>(
    `SELECT DISTINCT toUnixTimestamp(window_start) AS start FROM {database}.attempts_raw
     WHERE NOT is_sole_row AND window_start != {window:DateTime('UTC')}
       AND window_start BETWEEN {window:DateTime('UTC')} - INTERVAL 30 MINUTE AND {window:DateTime('UTC')} + INTERVAL 15 MINUTE
       AND request_hash IN (SELECT request_hash FROM {database}.attempts_raw WHERE window_start = {window:DateTime('UTC')} AND NOT is_sole_row)`,
    { window },
  )
  return rows.map(row => row.start)
}

/** Windows (s) whose saturation forecast looks back at this one and that were settled already. */
async function laterSampledWindows(clickhouse: ClickHouse, window: number): Promise<number[]> {
  const rows = await clickhouse.query<{ start: number }>(
    `SELECT DISTINCT toUnixTimestamp(window_start) AS start FROM {database}.pool_per_minute
     WHERE window_start > {window:DateTime('UTC')} AND window_start <= {window:DateTime('UTC')} + INTERVAL ${15 * (MINUTE / 60_000)} MINUTE`,
    { window },
  )
  return rows.map(row => row.start)
}

async function groupSums(clickhouse: ClickHouse, window: number, version: number): Promise<GroupSums> {
  const [row] = await clickhouse.query<GroupSums>(
    `SELECT sum(requests) AS requests, sum(attempts) AS attempts, sum(attempts_reported) AS attempts_reported, sum(unseen_attempts) AS unseen_attempts
     FROM {database}.attempt_groups_per_minute WHERE window_start = {window:DateTime('UTC')} AND settle_version = {version:UInt64}`,
    { window, version },
  )
  return row as GroupSums
}

async function countConflicts(clickhouse: ClickHouse, window: number, version: number): Promise<number> {
  const [row] = await clickhouse.query<{ conflicts: number }>(
    `SELECT count() AS conflicts FROM {database}.conflicts WHERE window_start = {window:DateTime('UTC')} AND settle_version = {version:UInt64}`,
    { window, version },
  )
  return row?.conflicts ?? 0
}

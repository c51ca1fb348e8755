import { randomInt } from 'node:crypto'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import type { Now } from '../platform/clock.ts'
import type { PriceBookStore } from './price-book-store.ts'
import { conflictsSql, groupsSql, leftOutSql, outdatedForecastsSql, publishSql, type RowPart, rollupSql } from './settle-sql.ts'
import { readInputs, type WindowInputs } from './window-inputs.ts'

/** Size of one event of an OpenAI-compatible stream, which carries about one token (see queries/priced.sql). */
const STREAM_BYTES_PER_TOKEN = 200
/** Values of a label that keep their names, per tenant and window (see queries/bucketed.sql). */
const MAX_LABEL_VALUES = 200
/** Up to so many rows one statement that joins them all is faster than a second one for those that need it: planning takes longer than running it. */
const ONE_STATEMENT_ROWS = 20_000

/** A published version of a window. */
export interface SettledWindow {
  window_start_ms: number
  settle_version: string
  requests: number
  attempts: number
  /** Starts (ms) of other windows that this one showed to be out of date; to be settled again. */
  dependents: readonly number[]
}

/** What settling needs. */
export interface SettleWindowDeps {
  clickhouse: ClickHouse
  prices: PriceBookStore
  now: Now
  /** 0 to 999, so that two settlers that begin in the same millisecond write under versions of their own. Random unless told. */
  tieBreaker?: () => number
}

/**
 * Computes the window that starts at `windowStartMs` from raw rows and publishes it under a new version. The numbers depend on nothing but the raw rows
 * and the price book; only the version number comes from the clock and a tie breaker. The last statement, one insert into settled_windows, makes the version current:
 * a crash before it leaves the former version in place. With `onlyIfChanged` a version that was made from the same rows and prices stays and is
 * given back. Rejects with the AppErrors of ClickHouse.
 */
export async function settleWindow(
  windowStartMs: number,
  deps: SettleWindowDeps,
  options: { onlyIfChanged?: boolean } = {},
): Promise<SettledWindow> {
  const window = windowStartMs / 1000
  const tieBreaker = deps.tieBreaker ?? (() => randomInt(1_000))
  let version = 0
  while (true) {
    // Microseconds, taken before the rows are read: superseded.ts tells by it how old a version is.
    const startedUs = deps.now() * 1000
    const versionAfter = (last: number) => Math.max(startedUs, last + 1, version + 1) + tieBreaker()
    const inputs = await readInputs(window, { maxLabelValues: MAX_LABEL_VALUES, versionAfter }, deps)
    version = inputs.version
    const book = await deps.prices.prepare(window, inputs.shape.isSpanning ? version : undefined)
    const same = options.onlyIfChanged ? await sameVersion(window, inputs, book.version, deps) : undefined
    if (same) return { window_start_ms: windowStartMs, ...same, dependents: [] }
    await compute(window, { inputs, book }, deps)
    const published = await publish(window, { inputs, book }, deps)
    // Another settler was faster, with rows that may be newer: start anew from what there is now.
    if (!published) continue
    const outdated = inputs.samples > 0 ? await deps.clickhouse.query<{ start: number }>(outdatedForecastsSql, { window }) : []
    const dependents = new Set([...inputs.neighbours, ...outdated.map(({ start }) => start)])
    return { window_start_ms: windowStartMs, ...published, dependents: [...dependents].map(start => start * 1000).sort((a, b) => a - b) }
  }
}

type PublishedSums = Pick<SettledWindow, 'settle_version' | 'requests' | 'attempts'>

/** What one computation is made from. */
interface Basis {
  inputs: WindowInputs
  book: { version: number; currency: string }
}

async function compute(window: number, { inputs, book }: Basis, { clickhouse }: SettleWindowDeps): Promise<void> {
  const parameters = {
    window,
    version: inputs.version,
    price_version: book.version,
    base_currency: book.currency,
    stream_bytes_per_token: STREAM_BYTES_PER_TOKEN,
    max_label_values: MAX_LABEL_VALUES,
  }
  for (const part of partsOf(inputs)) await clickhouse.command(groupsSql(part, inputs.shape), parameters)
  const { pool, pool_use, ...sums } = rollupSql
  await Promise.all([
    ...(inputs.raw_rows > 0 ? Object.values(sums).map(sql => clickhouse.command(sql, parameters)) : []),
    ...(inputs.shape.hasRepeats ? [clickhouse.command(conflictsSql(inputs.shape), parameters)] : []),
    ...(inputs.samples > 0 ? [clickhouse.command(pool, parameters)] : []),
    ...(inputs.samples + inputs.gpu_samples_read > 0 ? [clickhouse.command(pool_use, parameters)] : []),
  ])
}

function partsOf({ raw_rows, shape }: WindowInputs): RowPart[] {
  if (raw_rows === 0) return []
  if (!shape.isShared) return ['sole']
  return raw_rows <= ONE_STATEMENT_ROWS ? ['all'] : ['sole', 'joined']
}

/** Makes the version current; undefined: another settler has published the window since its rows were counted. */
async function publish(window: number, { inputs, book }: Basis, deps: SettleWindowDeps): Promise<PublishedSums | undefined> {
  const { version, shape } = inputs
  const [counted] = shape.hasRepeats ? await deps.clickhouse.query<{ left_out: number }>(leftOutSql(shape), { window, version }) : []
  await deps.clickhouse.command(publishSql, {
    window,
    version,
    price_version: book.version,
    raw_rows: inputs.raw_rows,
    left_out: counted?.left_out ?? 0,
    settled_at_ms: deps.now(),
    input_rows: inputs.input_rows,
    samples_read: inputs.samples_read,
    gpu_samples_read: inputs.gpu_samples_read,
    last_version: inputs.last_version,
  })
  const [row] = await deps.clickhouse.query<PublishedSums>(
    `SELECT toString(settle_version) AS settle_version, requests, attempts FROM {database}.settled_windows
     WHERE window_start = {window:DateTime('UTC')} AND settled_windows.settle_version = {version:UInt64}`,
    { window, version },
  )
  return row
}

/** The version in place, if it was made from the very inputs that there are now. */
async function sameVersion(
  window: number,
  inputs: WindowInputs,
  priceVersion: number,
  { clickhouse }: SettleWindowDeps,
): Promise<PublishedSums | undefined> {
  const [row] = await clickhouse.query<PublishedSums>(
    `SELECT toString(settle_version) AS settle_version, requests, attempts FROM {database}.settled_windows
     WHERE window_start = {window:DateTime('UTC')} AND settled_windows.settle_version = {version:UInt64} AND input_rows = {input_rows:UInt64}
       AND samples_read = {samples_read:UInt64} AND gpu_samples_read = {gpu_samples_read:UInt64} AND price_version = {price_version:UInt32}`,
    {
      window,
      version: inputs.last_version,
      input_rows: inputs.input_rows,
      samples_read: inputs.samples_read,
      gpu_samples_read: inputs.gpu_samples_read,
      price_version: priceVersion,
    },
  )
  return row
}

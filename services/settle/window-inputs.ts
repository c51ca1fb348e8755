import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { questions, seenBy, sharedSql } from './settle-sql.ts'

/**
 * What a window would be settled from. Raw rows are only ever added, so a window whose `input_rows`, `samples_read` and
 * `gpu_samples_read` are those that a published version was made from has the same input rows, not just as many.
 */
export interface WindowInputs {
  /** Start of the window, s. */
  window: number
  raw_rows: number
  /** Rows of the window and of its requests in other windows. */
  input_rows: number
  samples: number
  /** Engine samples of the window and of the 15 minutes before it. */
  samples_read: number
  gpu_samples_read: number
  /** The version in place; undefined: the window has none. */
  last: PublishedVersion | undefined
}

/** What a published version was made from and what it came to. */
export interface PublishedVersion {
  settle_version: number
  price_version: number
  raw_rows: number
  input_rows: number
  samples_read: number
  gpu_samples_read: number
  requests: number
  attempts: number
}

/** What a pass over several windows would be made from. */
export interface PassInputs {
  windows: readonly WindowInputs[]
  /** The version that all of them will be published under. */
  version: number
  /** The newest block of raw rows that is read; 0: all are. */
  last_block: number
  /** Some request has more than one row, or some row is repeated: they are in shared_requests. */
  isShared: boolean
  /** Minutes (s) to read for requests across windows: the windows, alone when none has any. */
  around: readonly number[]
  /** Other windows (s) that read rows of these, or samples, and that these may show to be out of date. */
  dependents: readonly number[]
}

interface RowCounts {
  window: number
  raw_rows: number
  joinable_rows: number
  repeated_rows: number
  repeated_positions: number
}

const MINUTE_S = 60
// Whether a row is a request's first takes the rows of 30 minutes before it, and it may start 15 minutes after its request:
// queries/joined.sql.
const READ_BEFORE_S = 45 * MINUTE_S
const READ_AFTER_S = 15 * MINUTE_S
/** How far a saturation forecast looks back. */
const FORECAST_S = 15 * MINUTE_S

/** The pass's own number, and the version to compute after the highest one in place. */
export interface InputsConfig {
  pass: number
  versionAfter: (lastVersion: number) => number
}

/**
 * Counts what the windows (starts in s, ascending) would be settled from, and finds the requests that must be joined, under the version
 * that is to be. Rejects with the AppErrors of ClickHouse.
 */
export async function readInputs(windows: readonly number[], config: InputsConfig, deps: { clickhouse: ClickHouse }): Promise<PassInputs> {
  const [seen] = await deps.clickhouse.query<{ last_block: number }>(questions.lastBlock, { name: deps.clickhouse.database })
  const last_block = seen?.last_block ?? 0
  const counted = await count(windows, last_block, deps.clickhouse)
  const lastVersions = windows.map(window => counted.versions.get(window)?.settle_version ?? 0)
  const version = config.versionAfter(lastVersions.reduce((highest, one) => Math.max(highest, one), 0))
  const total = (column: keyof RowCounts) => [...counted.rows.values()].reduce((sum, row) => sum + row[column], 0)
  const hasRepeats = total('repeated_rows') + total('repeated_positions') > 0
  const isJoinable = total('joinable_rows') > 0
  const around = isJoinable ? minutesAround(windows, READ_BEFORE_S, READ_AFTER_S + READ_BEFORE_S) : windows
  const { isShared, spans } =
    isJoinable || hasRepeats
      ? await findShared({ windows, around, version, pass: config.pass, last_block }, hasRepeats, deps.clickhouse)
      : { isShared: false, spans: [] }
  const spansOf = Map.groupBy(spans, ({ window }) => window)
  const inputs = windows.map((window): WindowInputs => {
    const raw_rows = counted.rows.get(window)?.raw_rows ?? 0
    const read = (spansOf.get(window) ?? []).filter(({ other }) => isWithin(other, window - READ_BEFORE_S, window + READ_AFTER_S))
    return {
      window,
      raw_rows,
      input_rows: raw_rows + read.reduce((sum, { rows }) => sum + rows, 0),
      samples: counted.samples.get(window) ?? 0,
      samples_read: samplesRead(window, counted.samples),
      gpu_samples_read: counted.gpuSamples.get(window) ?? 0,
      last: counted.versions.get(window),
    }
  })
  return {
    windows: inputs,
    version,
    last_block,
    isShared,
    around,
    dependents: dependentsOf(windows, spans, counted),
  }
}

type Counted = Awaited<ReturnType<typeof count>>
type Span = { window: number; other: number; rows: number }

async function count(windows: readonly number[], last_block: number, clickhouse: ClickHouse) {
  const [rows, samples, gpuSamples, versions] = await Promise.all([
    clickhouse.query<RowCounts>(seenBy(last_block, questions.rows), { windows, last_block }),
    clickhouse.query<{ window: number; samples: number }>(questions.samples, { minutes: minutesAround(windows, FORECAST_S, FORECAST_S) }),
    clickhouse.query<{ window: number; gpu_samples: number }>(questions.gpuSamples, { windows }),
    clickhouse.query<PublishedVersion & { window: number }>(questions.versions, { minutes: minutesAround(windows, 0, FORECAST_S) }),
  ])
  return {
    rows: new Map(rows.map(row => [row.window, row])),
    samples: new Map(samples.map(row => [row.window, row.samples])),
    gpuSamples: new Map(gpuSamples.map(row => [row.window, row.gpu_samples])),
    versions: new Map(versions.map(({ window, ...version }): [number, PublishedVersion] => [window, version])),
  }
}

interface Finding {
  windows: readonly number[]
  around: readonly number[]
  version: number
  pass: number
  last_block: number
}

/** Finds the requests with more than one row: whether there are any and, for each window, the others that their rows lie in. */
async function findShared(finding: Finding, hasRepeats: boolean, clickhouse: ClickHouse): Promise<{ isShared: boolean; spans: Span[] }> {
  await clickhouse.command(seenBy(finding.last_block, sharedSql({ hasRepeats })), { ...finding })
  const [found] = await clickhouse.query<{ requests: number }>(questions.sharedRows, { ...finding })
  const isShared = (found?.requests ?? 0) > 0
  return { isShared, spans: isShared ? await clickhouse.query<Span>(questions.spanned, { ...finding }) : [] }
}

function samplesRead(window: number, samples: ReadonlyMap<number, number>): number {
  let sum = 0
  for (let minute = window - FORECAST_S; minute <= window; minute += MINUTE_S) sum += samples.get(minute) ?? 0
  return sum
}

/** Windows that are not of the pass and that share requests with it, or whose forecast was made from fewer samples than there are. */
function dependentsOf(windows: readonly number[], spans: readonly Span[], { samples, versions }: Counted): number[] {
  const own = new Set(windows)
  const found = new Set<number>()
  for (const { window, other } of spans) if (isWithin(other, window - READ_AFTER_S, window + READ_BEFORE_S)) found.add(other)
  for (const minute of minutesAround(windows, 0, FORECAST_S)) {
    const version = versions.get(minute)
    if (version !== undefined && samples.has(minute) && version.samples_read !== samplesRead(minute, samples)) found.add(minute)
  }
  return [...found].filter(minute => !own.has(minute)).sort((a, b) => a - b)
}

function isWithin(value: number, from: number, until: number): boolean {
  return value >= from && value <= until
}

/** All minutes (s) from `beforeS` before to `afterS` after any of the windows, ascending. */
export function minutesAround(windows: readonly number[], beforeS: number, afterS: number): number[] {
  const minutes: number[] = []
  let next = Number.NEGATIVE_INFINITY
  for (const window of windows) {
    for (let minute = Math.max(next, window - beforeS); minute <= window + afterS; minute += MINUTE_S) minutes.push(minute)
    next = Math.max(next, window + afterS + MINUTE_S)
  }
  return minutes
}

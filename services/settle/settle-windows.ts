import { randomInt } from 'node:crypto'
import { AUTH_RESULTS } from '../../schemas/dialects/refused-callers.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import type { Now } from '../platform/clock.ts'
import { passesOf } from './passes.ts'
import type { PassPrices, PriceBookStore } from './price-book-store.ts'
import { engineMinutesSql, groupsSql, joinedSql, publishSql, questions, rollupSql, securitySumsSql, seenBy, sumsSql } from './settle-sql.ts'
import { minutesAround, type PassInputs, readInputs, type WindowInputs } from './window-inputs.ts'

/** Size of one event of an OpenAI-compatible stream, which carries about one token (see queries/sums.sql). */
const STREAM_BYTES_PER_TOKEN = 200
/** Values of a label that keep their names, per tenant and window (see queries/groups.sql). */
const MAX_LABEL_VALUES = 200
const FORECAST_S = 15 * 60

/** A published version of a window. */
export interface SettledWindow {
  window_start_ms: number
  settle_version: string
  requests: number
  attempts: number
}

/** A window that stays as it is: there are fewer raw rows than its version in place was made from. */
export interface RefusedWindow {
  window_start_ms: number
  /** Rows of attempts, engine samples and GPU samples together, then and now. */
  rows_before: number
  rows_now: number
}

/** What became of the windows. `dependents`: starts (ms) of others that these showed to be out of date; to be settled again. */
export interface SettleOutcome {
  settled: SettledWindow[]
  refused: RefusedWindow[]
  dependents: number[]
}

/** What settling needs. */
export interface SettleDeps {
  clickhouse: ClickHouse
  prices: PriceBookStore
  now: Now
  /** 0 to 999, so that two settlers that begin in the same millisecond write under versions of their own. Random unless told. */
  tieBreaker?: () => number
}

/**
 * `onlyIfChanged`: a version that was made from the same rows and prices stays and is given back; true: of all windows, else of these
 * (ms).
 */
export interface SettleOptions {
  onlyIfChanged?: boolean | ReadonlySet<number>
  /** A person has said that windows may be published from fewer raw rows than before. */
  allowsFewerRows?: boolean
  /** Told after each pass how many windows are done. */
  onProgress?: (done: number) => void
}

/**
 * Computes the windows that start at these times (ms) from raw rows and publishes each under a new version. The numbers depend on nothing
 * but the raw rows and the price book; only version numbers come from the clock and a tie breaker. Many windows are settled by one set of
 * statements, a pass (passes.ts says how many), whose last statement makes their versions current: a crash before it leaves the former
 * ones in place. Rejects with the AppErrors of ClickHouse.
 */
export async function settleWindows(
  windowStartsMs: Iterable<number>,
  deps: SettleDeps,
  options: SettleOptions = {},
): Promise<SettleOutcome> {
  const starts = [...new Set(windowStartsMs)].sort((a, b) => a - b).map(start => start / 1000)
  const outcome: SettleOutcome = { settled: [], refused: [], dependents: [] }
  const dependents = new Set<number>()
  for (const pass of await passesOf(starts, deps)) {
    const done = await settlePass(pass, deps, options)
    outcome.settled.push(...done.settled)
    outcome.refused.push(...done.refused)
    for (const start of done.dependents) dependents.add(start)
    options.onProgress?.(outcome.settled.length + outcome.refused.length)
  }
  const own = new Set(starts)
  outcome.dependents = [...dependents].filter(start => !own.has(start / 1000)).sort((a, b) => a - b)
  return outcome
}

async function settlePass(windows: readonly number[], deps: SettleDeps, options: SettleOptions): Promise<SettleOutcome> {
  const tieBreaker = deps.tieBreaker ?? (() => randomInt(1_000))
  const outcome: SettleOutcome = { settled: [], refused: [], dependents: [] }
  let version = 0
  let open = windows
  while (open.length > 0) {
    // Microseconds, taken before the rows are read: superseded.ts tells by it how old a version is.
    const startedUs = deps.now() * 1000
    const after = version
    const pass = randomInt(2 ** 47)
    const versionAfter = (last: number) => Math.max(startedUs, last + 1, after + 1) + tieBreaker()
    const [inputs, prices] = await Promise.all([
      readInputs(open, { pass, versionAfter }, deps),
      deps.prices.begin({ fromMs: Math.min(...open) * 1000, untilMs: (Math.max(...open) + 60) * 1000 }),
    ])
    version = inputs.version
    const sorted = sortInputs(inputs, prices.version, options)
    outcome.settled.push(...sorted.same.map(one => settledOf(one.window, one.last)))
    outcome.refused.push(...sorted.refused.map(refusedOf))
    if (sorted.changed.length === 0) break
    const work: Pass = { inputs, prices, pass, windows: sorted.changed }
    await compute(work, deps)
    const published = await publish(work, deps)
    outcome.settled.push(...published)
    if (published.length > 0) outcome.dependents.push(...inputs.dependents.map(start => start * 1000))
    // Of the others another settler was faster, or rows came that it is not known of who saw them: they start anew.
    const done = new Set(published.map(({ window_start_ms }) => window_start_ms / 1000))
    open = sorted.changed.map(({ window }) => window).filter(window => !done.has(window))
  }
  return outcome
}

type PublishedSums = Pick<SettledWindow, 'settle_version' | 'requests' | 'attempts'>

/** One set of statements: what it is made from and the windows that it computes. */
interface Pass {
  inputs: PassInputs
  prices: PassPrices
  pass: number
  windows: readonly WindowInputs[]
}

function sortInputs({ windows }: PassInputs, priceVersion: number, { onlyIfChanged = false, allowsFewerRows = false }: SettleOptions) {
  const mayStay = (window: number) => (typeof onlyIfChanged === 'boolean' ? onlyIfChanged : onlyIfChanged.has(window * 1000))
  const same: (WindowInputs & { last: NonNullable<WindowInputs['last']> })[] = []
  const refused: WindowInputs[] = []
  const changed: WindowInputs[] = []
  for (const one of windows) {
    if (one.last && isFewer(one) && !allowsFewerRows) refused.push(one)
    else if (one.last && mayStay(one.window) && isSame(one, priceVersion)) same.push({ ...one, last: one.last })
    else changed.push(one)
  }
  return { same, refused, changed }
}

function isFewer({ last, raw_rows, samples_read, gpu_samples_read }: WindowInputs): boolean {
  return last !== undefined && (raw_rows < last.raw_rows || samples_read < last.samples_read || gpu_samples_read < last.gpu_samples_read)
}

function isSame({ last, input_rows, samples_read, gpu_samples_read }: WindowInputs, priceVersion: number): boolean {
  return (
    last !== undefined &&
    input_rows === last.input_rows &&
    samples_read === last.samples_read &&
    gpu_samples_read === last.gpu_samples_read &&
    priceVersion === last.price_version
  )
}

function settledOf(
  window: number,
  { settle_version, requests, attempts }: Omit<PublishedSums, 'settle_version'> & { settle_version: unknown },
) {
  return { window_start_ms: window * 1000, settle_version: String(settle_version), requests, attempts }
}

function refusedOf({ window, raw_rows, samples_read, gpu_samples_read, last }: WindowInputs): RefusedWindow {
  return {
    window_start_ms: window * 1000,
    rows_before: last ? last.raw_rows + last.samples_read + last.gpu_samples_read : 0,
    rows_now: raw_rows + samples_read + gpu_samples_read,
  }
}

async function compute({ inputs, prices, pass, windows: changed }: Pass, deps: SettleDeps): Promise<void> {
  const { clickhouse } = deps
  const windows = changed.map(({ window }) => window)
  const hasAttempts = changed.some(({ input_rows }) => input_rows > 0)
  const hasSamples = changed.some(({ samples }) => samples > 0)
  const hasGpus = changed.some(({ gpu_samples_read }) => gpu_samples_read > 0)
  const parameters = {
    windows,
    around: inputs.around,
    version: inputs.version,
    pass,
    last_block: inputs.last_block,
    price_version: prices.version,
    base_currency: prices.currency,
    stream_bytes_per_token: STREAM_BYTES_PER_TOKEN,
    max_label_values: MAX_LABEL_VALUES,
    auth_results: AUTH_RESULTS,
    sizes: prices.classes.sizes,
    times: prices.classes.times,
    sampled: minutesAround(windows, FORECAST_S, 0),
  }
  const run = (sql: string) => clickhouse.command(seenBy(inputs.last_block, sql), parameters)
  const engines = hasSamples ? run(engineMinutesSql) : undefined
  engines?.catch(() => undefined)
  const { hasReportedCost } = hasAttempts ? await computeGroups({ run, parameters, inputs, prices }, deps) : { hasReportedCost: false }
  await engines
  const { conflicts, pool, pool_use, cost_drift, ...sums } = rollupSql
  await Promise.all([
    ...(hasAttempts ? Object.values(sums).map(run) : []),
    ...(hasReportedCost ? [run(cost_drift)] : []),
    ...(inputs.isShared ? [run(conflicts)] : []),
    ...(hasSamples ? [run(pool)] : []),
    ...(hasSamples || hasGpus ? [run(pool_use)] : []),
  ])
}

interface GroupsWork extends Pick<Pass, 'inputs' | 'prices'> {
  run: (sql: string) => Promise<void>
  parameters: Record<string, unknown>
}

/** From raw rows to priced groups; tells whether some attempt has a reported cost to compare with. */
async function computeGroups({ run, parameters, inputs, prices }: GroupsWork, { clickhouse }: SettleDeps) {
  const { isShared } = inputs
  const shape = { isShared, classes: prices.classes }
  const sumUp = async (part: 'sole' | 'joined') => await Promise.all([run(sumsSql(part, shape)), run(securitySumsSql(part, shape))])
  // Each takes one thread and writes rows of its own.
  await Promise.all([...(isShared ? [run(joinedSql).then(() => sumUp('joined'))] : []), sumUp('sole')])
  const [names, [labels]] = await Promise.all([
    clickhouse.query<Parameters<PassPrices['cover']>[0][number]>(questions.names, parameters),
    clickhouse.query<{ most_label_values: number; has_reported_cost: number }>(questions.labelValues, parameters),
  ])
  await prices.cover(names)
  await run(groupsSql({ hasOverflow: (labels?.most_label_values ?? 0) > MAX_LABEL_VALUES }))
  return { hasReportedCost: labels?.has_reported_cost === 1 }
}

/**
 * Makes the versions current and gives those that are: of the others another settler has published the window since its rows were
 * counted.
 */
async function publish({ inputs, prices, pass, windows }: Pass, deps: SettleDeps): Promise<SettledWindow[]> {
  const parameters = {
    windows: windows.map(({ window }) => window),
    version: inputs.version,
    pass,
    last_block: inputs.last_block,
    price_version: prices.version,
    settled_at_ms: deps.now(),
    raw_rows: windows.map(({ raw_rows }) => raw_rows),
    input_rows: windows.map(({ input_rows }) => input_rows),
    samples_read: windows.map(({ samples_read }) => samples_read),
    gpu_samples_read: windows.map(({ gpu_samples_read }) => gpu_samples_read),
    last_versions: windows.map(({ last }) => last?.settle_version ?? 0),
  }
  await deps.clickhouse.command(seenBy(inputs.last_block, publishSql), parameters)
  const rows = await deps.clickhouse.query<PublishedSums & { window: number }>(questions.published, parameters)
  return rows.map(row => settledOf(row.window, row))
}

/** Settled minutes as of positions of the event log: what a closed statement is made from, so that it can be made again. */
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { DAY, delay, type Now, SECOND } from '../../platform/clock.ts'
import { writePriceReach } from './price-reach.ts'
import type { Span } from './spans.ts'
import type { StatementBasis } from './statement.ts'

/** How far the event log counts. */
export type Positions = StatementBasis['positions']

/**
 * A database beside the live one, for one closing. Its raw tables are views of the live ones, cut at `frozen_positions`; prices are cut at
 * a version;
 * `charges_per_minute_current` and its like show the versions in `pinned_windows`, and of the other minutes what was settled here. In SQL
 * `{database}` is this database and `{live}` the live one.
 */
export interface AsOfDatabase extends AsyncDisposable {
  clickhouse: ClickHouse
  /** Settles minutes from the rows up to the positions; `start` in ms. */
  settle(windowStartsMs: readonly number[]): Promise<void>
}

/** What freezing needs. `note` tells a person what is waited for. */
export interface FreezeDeps {
  asOf: AsOfDatabase
  now: Now
  note: (text: string) => void
}

/** Minutes that read the same whoever asks, and the positions they were made from. */
export interface FrozenMinutes {
  positions: Positions
  /** Whether all of them are versions of the live tables; no: some were settled here. */
  areLive: boolean
}

const POLL_MS = 2_000
const ROWS_AT_ONCE = 5_000_000
const positionsSql = readQuery(import.meta.url, 'positions')
const pinSql = readQuery(import.meta.url, 'pin')
const unsettledSql = readQuery(import.meta.url, 'unsettled')

/** The positions up to which everything has been read. */
export async function readPositions(clickhouse: ClickHouse): Promise<Positions> {
  return await clickhouse.query<Positions[number]>(positionsSql)
}

/**
 * Pins the minutes of the spans at what the rows up to the present positions give. While minutes are being settled it waits, at most
 * `waitMs`; those that still change then are settled in the database beside, so that this always ends. Minutes that were pinned are checked
 * once more with `isStillPinned`.
 */
export async function freezeMinutes(spans: readonly Span[], config: { waitMs: number }, deps: FreezeDeps): Promise<FrozenMinutes> {
  const { asOf, now, note } = deps
  const endMs = now() + config.waitMs
  while (true) {
    const positions = await readPositions(asOf.clickhouse)
    await writePositions(positions, asOf.clickhouse)
    await pin(spans, asOf.clickhouse)
    const unsettled = await readUnsettled(spans, asOf.clickhouse)
    if (unsettled.length === 0) return { positions, areLive: true }
    const leftMs = endMs - now()
    if (leftMs <= 0) {
      note(`${unsettled.length} minutes are not settled or still change: they are settled as of now for this statement alone`)
      await settleBeside(unsettled, asOf)
      return { positions, areLive: false }
    }
    note(`waiting for ${unsettled.length} minutes to be settled, at most ${Math.ceil(leftMs / 1000)} s more`)
    await delay(Math.min(POLL_MS, leftMs))
  }
}

/** Pins nothing and settles every minute of the spans that has rows up to `positions`: how a statement is proven. */
export async function settleEverything(spans: readonly Span[], positions: Positions, asOf: AsOfDatabase): Promise<void> {
  await writePositions(positions, asOf.clickhouse)
  await asOf.clickhouse.command('TRUNCATE TABLE {database}.pinned_windows')
  await settleBeside(await minutesWithRows(spans, asOf.clickhouse), asOf)
}

/**
 * Settles beside what was pinned and is no longer current: its rows may be removed while they are read. Gives how many there were; 0: what
 * was read in between is whole.
 */
export async function settleSuperseded(spans: readonly Span[], asOf: AsOfDatabase): Promise<number> {
  const startsMs = new Set<number>()
  for (const span of spans) {
    const rows = await asOf.clickhouse.query<{ start_s: number }>(readQuery(import.meta.url, 'superseded'), seconds(span))
    for (const { start_s } of rows) startsMs.add(start_s * SECOND)
  }
  if (startsMs.size > 0) await settleBeside([...startsMs], asOf)
  return startsMs.size
}

async function settleBeside(windowStartsMs: readonly number[], asOf: AsOfDatabase): Promise<void> {
  await asOf.settle(windowStartsMs)
  await asOf.clickhouse.command("DELETE FROM {database}.pinned_windows WHERE has({starts:Array(DateTime('UTC'))}, window_start)", {
    starts: windowStartsMs.map(startMs => startMs / SECOND),
  })
}

async function writePositions(positions: Positions, clickhouse: ClickHouse): Promise<void> {
  await clickhouse.command('TRUNCATE TABLE {database}.frozen_positions')
  await clickhouse.insert(
    'frozen_positions',
    ['log_epoch', 'topic', 'partition', 'next_offset'],
    positions.map(one => [one.log_epoch, one.topic, one.partition, one.next_offset]),
  )
}

async function pin(spans: readonly Span[], clickhouse: ClickHouse): Promise<void> {
  await clickhouse.command('TRUNCATE TABLE {database}.pinned_windows')
  for (const span of spans) await clickhouse.command(pinSql, seconds(span))
}

async function readUnsettled(spans: readonly Span[], clickhouse: ClickHouse): Promise<number[]> {
  await writePriceReach(spans, clickhouse)
  const startsMs: number[] = []
  for (const span of spans) {
    for (const part of await partsOf(span, clickhouse)) {
      const rows = await clickhouse.query<{ start_s: number }>(unsettledSql, seconds(part))
      startsMs.push(...rows.map(({ start_s }) => start_s * SECOND))
    }
  }
  return startsMs
}

async function minutesWithRows(spans: readonly Span[], clickhouse: ClickHouse): Promise<number[]> {
  const startsMs = new Set<number>()
  for (const span of spans) {
    const rows = await clickhouse.query<{ start_s: number }>(readQuery(import.meta.url, 'minutes-with-rows'), seconds(span))
    for (const { start_s } of rows) startsMs.add(start_s * SECOND)
  }
  return [...startsMs]
}

function seconds({ start_ms, end_ms }: Span) {
  return { from: start_ms / 1000, to: end_ms / 1000 }
}

/** The span in as few parts of whole days as hold about ROWS_AT_ONCE rows each: counting keeps what requests share in memory. */
async function partsOf(span: Span, clickhouse: ClickHouse): Promise<Span[]> {
  const [row] = await clickhouse.query<{ rows: number }>(
    `SELECT count() AS rows FROM {live}.attempts_raw WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')}`,
    seconds(span),
  )
  const days = Math.ceil((span.end_ms - span.start_ms) / DAY)
  const step = DAY * Math.max(1, Math.floor(days / Math.max(1, Math.ceil((row?.rows ?? 0) / ROWS_AT_ONCE))))
  const count = Math.ceil((span.end_ms - span.start_ms) / step)
  return Array.from({ length: count }, (_, index) => {
    const start_ms = span.start_ms + index * step
    return { start_ms, end_ms: Math.min(span.end_ms, start_ms + step) }
  })
}

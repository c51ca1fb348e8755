/** Signals about Weir's own sight: what came, what was refused, what waits. */
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../platform/clock.ts'
import type { Readings } from '../reading.ts'
import { nothingKnown, type ReadAt, type SignalDeps } from './signal-deps.ts'

const sourceLinesSql = readQuery(import.meta.url, 'source-lines')
const silentSourcesSql = readQuery(import.meta.url, 'silent-sources')
const waitingLinesSql = readQuery(import.meta.url, 'waiting-lines')
const windowsRefusedSql = readQuery(import.meta.url, 'windows-refused')
const stuckMessagesSql = readQuery(import.meta.url, 'stuck-messages')
/** Lines around the same time a week ago from which on silence says something. Ours. */
const USUAL_LINES = 20
const WEEK = 7 * DAY
/** Older messages are not looked at: what is not settled after that long is the reconciler's. */
const LONGEST_WAIT_MS = DAY

interface SourceLines {
  readonly source: string
  readonly lines: number
  readonly dead_letters: number
  readonly parked_lines: number
}

/** Share of the lines of each sender that were refused (`dead-letters`), by the clock. Rejects with the codes of the client. */
export async function readDeadLetters(overMs: number, { nowMs }: ReadAt, { clickhouse }: SignalDeps): Promise<Readings> {
  const rows = await clickhouse.query<SourceLines>(sourceLinesSql, period(nowMs - overMs, nowMs))
  const readings = rows.map(({ source, lines, dead_letters }) => ({
    labels: named({ source }),
    value: dead_letters / lines,
    count: Number(dead_letters),
    sample: Number(lines),
    facts: { lines: Number(lines), dead_letters: Number(dead_letters), over_ms: overMs },
  }))
  return { settledUntilMs: nowMs, isComplete: true, readings }
}

/** Share of all lines that are accounted for: counted, or skipped for being no attempt; by the clock. */
export async function readCompleteness(overMs: number, { nowMs }: ReadAt, { clickhouse }: SignalDeps): Promise<Readings> {
  const rows = await clickhouse.query<SourceLines>(sourceLinesSql, period(nowMs - overMs, nowMs))
  const sum = (pick: (row: SourceLines) => number) => rows.reduce((total, row) => total + Number(pick(row)), 0)
  const [lines, dead_letters, parked_lines] = [sum(row => row.lines), sum(row => row.dead_letters), sum(row => row.parked_lines)]
  const value = lines === 0 ? null : 1 - (dead_letters + parked_lines) / lines
  return {
    settledUntilMs: nowMs,
    isComplete: true,
    readings: [{ labels: {}, value, sample: lines, facts: { lines, dead_letters, parked_lines } }],
  }
}

/** Minutes that the oldest line waits that is in no settled minute; 0: none does. By the clock. */
export async function readDataLate(_overMs: number, { nowMs, settledUntilMs }: ReadAt, { clickhouse }: SignalDeps): Promise<Readings> {
  const [row] = await clickhouse.query<{ oldest_s: number; lines: number }>(waitingLinesSql, period(nowMs - LONGEST_WAIT_MS, nowMs))
  const lines = Number(row?.lines ?? 0)
  const value = lines === 0 ? 0 : Math.max(0, nowMs - Number(row?.oldest_s) * SECOND) / MINUTE
  const facts = { lines, settled_until: settledUntilMs === null ? 'never' : new Date(settledUntilMs).toISOString() }
  return { settledUntilMs: nowMs, isComplete: true, readings: [{ labels: {}, value, sample: lines, facts }] }
}

/** Minutes since the last line of each sender that had lines around the same time a week ago; by the clock. */
export async function readSourceSilent(_overMs: number, { nowMs }: ReadAt, { clickhouse }: SignalDeps): Promise<Readings> {
  const week = { week_from: seconds(nowMs - WEEK - HOUR / 2), week_to: seconds(nowMs - WEEK + HOUR / 2), now: seconds(nowMs) }
  const rows = await clickhouse.query<{ source: string; usual_lines: number; last_s: number }>(silentSourcesSql, week)
  const readings = rows
    .filter(({ usual_lines }) => Number(usual_lines) > USUAL_LINES)
    .map(({ source, usual_lines, last_s }) => {
      const silentMs = Number(last_s) === 0 ? DAY : Math.max(0, nowMs - Number(last_s) * SECOND)
      const last = Number(last_s) === 0 ? 'more than a day ago' : new Date(Number(last_s) * SECOND).toISOString()
      return {
        labels: named({ source }),
        value: silentMs / MINUTE,
        sample: Number(usual_lines),
        facts: { usual_lines: Number(usual_lines), last_line: last },
      }
    })
  return { settledUntilMs: nowMs, isComplete: true, readings }
}

/** Minutes for which the oldest record of a topic waits that the worker has not read; by the clock. Rejects as the event log does. */
export async function readReadingLate(_overMs: number, { nowMs }: ReadAt, { readLag }: SignalDeps): Promise<Readings> {
  if (readLag === undefined) return nothingKnown(null)
  const lags = await readLag()
  const readings = lags.map(({ topic, lagMs, records }) => ({
    labels: { topic },
    value: lagMs / MINUTE,
    sample: records,
    facts: { records },
  }))
  return { settledUntilMs: nowMs, isComplete: true, readings }
}

/** Settled minutes of which raw rows are gone, as settle found when it compared them last; by the clock. */
export async function readWindowsRefused(_overMs: number, { nowMs }: ReadAt, { clickhouse }: SignalDeps): Promise<Readings> {
  const [row] = await clickhouse.query<{ checked_ms: number; fewer: number; first_s: number | null; last_s: number | null }>(
    windowsRefusedSql,
    { from: seconds(nowMs - LONGEST_WAIT_MS) },
  )
  if (row === undefined) return nothingKnown(nowMs)
  const facts = { first: minuteOf(row.first_s), last: minuteOf(row.last_s), checked_at: minuteOf(Number(row.checked_ms) / SECOND) }
  return { settledUntilMs: nowMs, isComplete: true, readings: [{ labels: {}, value: Number(row.fewer), sample: 1, facts }] }
}

/** Minutes that the oldest message waits which a receiver was tried with and does not have; by the clock. */
export async function readDeliveryStuck(_overMs: number, { nowMs }: ReadAt, { clickhouse }: SignalDeps): Promise<Readings> {
  const rows = await clickhouse.query<{ receiver: string; messages: number; oldest_ms: number; status: number; detail: string }>(
    stuckMessagesSql,
    { from: seconds(nowMs - LONGEST_WAIT_MS) },
  )
  const readings = rows.map(({ receiver, messages, oldest_ms, status, detail }) => ({
    labels: { receiver },
    value: Math.max(0, nowMs - Number(oldest_ms)) / MINUTE,
    sample: Number(messages),
    facts: { messages: Number(messages), answer: detail || (Number(status) === 0 ? 'none' : `status ${status}`) },
  }))
  return { settledUntilMs: nowMs, isComplete: true, readings }
}

function minuteOf(atS: number | null): string | null {
  return atS === null ? null : `${new Date(Number(atS) * SECOND).toISOString().slice(0, 16)}Z`
}

function period(fromMs: number, toMs: number) {
  return { from: seconds(fromMs), to: seconds(toMs) }
}

function seconds(atMs: number): number {
  return Math.max(0, Math.floor(atMs / SECOND))
}

function named(labels: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, value === '' ? 'not told' : value]))
}

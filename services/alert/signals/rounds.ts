/** What all rules of a round share: one look at what is settled, and each question asked once. */
import type { ClickHouse, QueryParameters } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { HOUR, MINUTE, SECOND } from '../../platform/clock.ts'
import type { SignalDeps } from './signal-deps.ts'

const settledMinutesSql = readQuery(import.meta.url, 'settled-minutes')

/** How far back settled minutes are looked for: the longest period of most rules. */
const LOOK_BACK_MS = HOUR
/** Windows may lie a little in the future: clocks of senders. */
const LOOK_AHEAD_MS = 5 * MINUTE
/** Partitions that look within so short a time share what was found. */
const SHARED_FOR_MS = SECOND / 2
/** Answers of the server are kept while nothing else is settled, but not longer: terms, prices and older minutes may change meanwhile. */
const KEPT_FOR_MS = 2 * MINUTE
/** Larger answers are not kept. */
const MOST_KEPT_ROWS = 1_000
/** Figures of minutes are small: more threads than one cost more than they save. */
const READ_SETTINGS = { max_threads: 1 }

/** Rounds of reading. */
export interface Rounds {
  /** Begins a round: how far settling has come, ms; null: nothing is settled. Rejects with the codes of the client. */
  begin(nowMs: number): Promise<number | null>
  /** What the rules of the round read with. */
  deps(): Pick<SignalDeps, 'clickhouse' | 'settled'>
}

/** Builds them over a client. */
export function buildRounds({ clickhouse }: { clickhouse: ClickHouse }): Rounds {
  const kept = new Map<string, Promise<readonly unknown[]>>()
  let [beganMs, clearedMs] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let found: Promise<number | null> = Promise.resolve(null)
  let settled: SignalDeps['settled']
  let seen = ''

  async function look(nowMs: number): Promise<number | null> {
    const fromMs = nowMs - LOOK_BACK_MS
    const period = { from: Math.floor(fromMs / SECOND), to: Math.floor((nowMs + LOOK_AHEAD_MS) / SECOND) }
    const minutes = await clickhouse.query<{ start_s: number; version: number }>(settledMinutesSql, period, READ_SETTINGS)
    const versions = JSON.stringify(minutes.slice(-30))
    if (versions !== seen || nowMs - clearedMs >= KEPT_FOR_MS) {
      kept.clear()
      clearedMs = nowMs
    }
    seen = versions
    settled = { fromMs, minutes }
    const last = minutes.at(-1)
    return last === undefined ? null : last.start_s * SECOND + MINUTE
  }

  async function query<Row>(sql: string, parameters: QueryParameters = {}, settings = {}): Promise<Row[]> {
    const key = JSON.stringify([sql, parameters])
    const before = kept.get(key)
    if (before !== undefined) return (await before) as Row[]
    const asked = clickhouse.query<Row>(sql, parameters, { ...READ_SETTINGS, ...settings })
    kept.set(key, asked)
    try {
      const rows = await asked
      if (rows.length > MOST_KEPT_ROWS) kept.delete(key)
      return rows
    } catch (error) {
      kept.delete(key)
      throw error
    }
  }

  return {
    begin(nowMs) {
      if (nowMs - beganMs < SHARED_FOR_MS) return found
      beganMs = nowMs
      found = look(nowMs)
      found.catch(() => {
        beganMs = Number.NEGATIVE_INFINITY
      })
      return found
    },
    deps: () => ({ clickhouse: { ...clickhouse, query }, settled }),
  }
}

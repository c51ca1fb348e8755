import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { questions } from './settle-sql.ts'

/** Rows of a pass, its last window's aside: more take memory and keep the first windows waiting, fewer pay for planning more often. */
const MAX_ROWS = 300_000
/** Windows of a pass: their starts go with every statement. */
const MAX_WINDOWS = 2_000
/** A window far from the one before it in its pass brings so many minutes that are read around it (queries/joined.sql). */
const MINUTES_AROUND = 105
const MAX_MINUTES = 4_000
/** Tables have a partition a month, and an insert may write into so many of them. */
const MAX_SPAN_S = 60 * 86_400

/** Divides windows (starts in s, ascending) into passes that are settled by one set of statements each. */
export async function passesOf(windows: readonly number[], deps: { clickhouse: ClickHouse }): Promise<number[][]> {
  if (windows.length <= 1) return windows.map(window => [window])
  const passes: number[][] = []
  for (let from = 0; from < windows.length; from += MAX_WINDOWS) {
    const some = windows.slice(from, from + MAX_WINDOWS)
    const counted = await deps.clickhouse.query<{ window: number; raw_rows: number }>(questions.sizes, { windows: some })
    passes.push(...dividePasses(some, new Map(counted.map(({ window, raw_rows }) => [window, raw_rows]))))
  }
  return passes
}

/** The same when the rows of each window are known. */
export function dividePasses(windows: readonly number[], rows: ReadonlyMap<number, number>): number[][] {
  const passes: number[][] = []
  let pass: number[] = []
  let [passRows, minutes] = [0, 0]
  for (const window of windows) {
    const own = rows.get(window) ?? 0
    const before = pass.at(-1)
    const more = before === undefined ? MINUTES_AROUND : Math.min(MINUTES_AROUND, (window - before) / 60)
    const isFull = passRows + own > MAX_ROWS || minutes + more > MAX_MINUTES || window - (pass[0] ?? window) > MAX_SPAN_S
    if (before !== undefined && isFull) {
      passes.push(pass)
      pass = []
      passRows = 0
      minutes = 0
    }
    pass.push(window)
    passRows += own
    minutes += more
  }
  if (pass.length > 0) passes.push(pass)
  return passes
}

import { readQuery } from '../platform/clickhouse/read-query.ts'
import type { AnswerDeps, Asked } from './question.ts'

const settledUntilSql = readQuery(import.meta.url, 'settled-until')

/** How far settling has come in the period of a question: `untilMs` is the end of its last settled minute, null where none is settled. */
export interface SettledUntil {
  readonly untilMs: number | null
  readonly windows: number
}

/** Reads it. Rejects with the codes of the client. */
export async function readSettledUntil(asked: Pick<Asked, 'fromMs' | 'toMs'>, { clickhouse }: AnswerDeps): Promise<SettledUntil> {
  const parameters = { from: Math.ceil(asked.fromMs / 1000), to: Math.ceil(asked.toMs / 1000) }
  const [row] = await clickhouse.query<{ until_s: number | null; windows: number }>(settledUntilSql, parameters)
  return { untilMs: row?.until_s == null ? null : Number(row.until_s) * 1000, windows: Number(row?.windows ?? 0) }
}

/** A time as answers write it: ISO 8601 in UTC, without milliseconds where there are none; null stays null. */
export function isoTime(atMs: number): string
export function isoTime(atMs: number | null): string | null
export function isoTime(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString().replace('.000Z', 'Z')
}

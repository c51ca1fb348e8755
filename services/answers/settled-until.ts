import { readQuery } from '../platform/clickhouse/read-query.ts'
import type { AnswerDeps, Asked } from './question.ts'
import { askedParameters } from './scope-sql.ts'

const settledUntilSql = readQuery(import.meta.url, 'settled-until')
const settledUntilOfTenantsSql = readQuery(import.meta.url, 'settled-until-of-tenants')

/** How far settling has come in the period of a question: `untilMs` is the end of its last settled minute, null where none is settled. */
export interface SettledUntil {
  readonly untilMs: number | null
  readonly windows: number
}

/**
 * Reads it; for readers who may not see others, of the minutes in which their tenants had traffic: when others had some is theirs to know.
 * Rejects with the codes of the client.
 */
export async function readSettledUntil(asked: Pick<Asked, 'fromMs' | 'toMs' | 'scope'>, { clickhouse }: AnswerDeps): Promise<SettledUntil> {
  const sql = asked.scope.seesVolumes ? settledUntilSql : settledUntilOfTenantsSql
  const [row] = await clickhouse.query<{ until_s: number | null; windows: number }>(sql, askedParameters(asked))
  return { untilMs: row?.until_s == null ? null : Number(row.until_s) * 1000, windows: Number(row?.windows ?? 0) }
}

/** A time as answers write it: ISO 8601 in UTC, without milliseconds where there are none; null stays null. */
export function isoTime(atMs: number): string
export function isoTime(atMs: number | null): string | null
export function isoTime(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString().replace('.000Z', 'Z')
}

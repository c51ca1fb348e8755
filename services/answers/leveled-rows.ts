import { type HourlyTable, hourlyColumns, hourlyTables } from '../../schemas/levels/hourly.ts'
import type { QueryParameters } from '../platform/clickhouse/client.ts'
import { readQuery } from '../platform/clickhouse/read-query.ts'
import { HOUR, SECOND } from '../platform/clock.ts'
import type { AnswerDeps } from './question.ts'

/** Text that stands for a table in a query, and the parameters that it needs. Its rows have window_start and the table's columns. */
export interface LeveledRows {
  readonly sql: string
  readonly parameters: QueryParameters
}

/** Fewer whole hours than this are read from their minutes. */
const LEAST_HOURS = 6
const rowsSql = readQuery(import.meta.url, 'hours-and-minutes')
const finerSql = readQuery(import.meta.url, 'finer-hours')

/**
 * The rows of [fromMs, toMs) at the coarsest level that answers exactly: hours that are up to date, minutes at its ends, where hours are
 * not, and around `cuts` (ms), which no row may reach over. The query still bounds window_start. Rejects with the codes of the client.
 */
export async function leveledRows(
  name: 'usage' | 'quantities' | 'latency' | 'resilience' | 'provider' | 'security',
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  cuts: readonly number[],
  { clickhouse }: AnswerDeps,
): Promise<LeveledRows> {
  const table: HourlyTable = hourlyTables[name]
  const minutes = table.of ?? name
  const [from_hour, to_hour] = [(Math.ceil(fromMs / HOUR) * HOUR) / SECOND, (Math.floor(toMs / HOUR) * HOUR) / SECOND]
  if ((to_hour - from_hour) * SECOND < LEAST_HOURS * HOUR) return { sql: `{database}.${minutes}_per_minute_current`, parameters: {} }
  const finer = await clickhouse.query<{ hour_s: number }>(finerSql, { from_hour, to_hour })
  const cut = cuts.filter(atMs => atMs % HOUR !== 0).map(atMs => (atMs - (atMs % HOUR)) / SECOND)
  return {
    sql: rowsSql.replaceAll('{columns}', hourlyColumns(name).join(', ')).replace('{hours}', name).replace('{minutes}', minutes),
    parameters: {
      ...{ rows_from: Math.floor(fromMs / SECOND), rows_to: Math.ceil(toMs / SECOND), from_hour, to_hour },
      finer_hours: [...finer.map(({ hour_s }) => hour_s), ...cut],
    },
  }
}

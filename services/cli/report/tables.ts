import { ACCESS_LOG_TOPIC } from '../../../schemas/topics.ts'
import { defaultReadLimits } from '../../api/http/read-limits.ts'
import { latencyReport } from '../../api/reports/latency.ts'
import { providersReport } from '../../api/reports/providers.ts'
import { answerReport, type Report, type Row } from '../../api/reports/report.ts'
import { resilienceReport } from '../../api/reports/resilience.ts'
import { saturationReport } from '../../api/reports/saturation.ts'
import { usageReport } from '../../api/reports/usage.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { DAY, MINUTE } from '../../platform/clock.ts'
import type { Loaded } from './load.ts'

/** What became of the lines; the meaning of each is the one of GET /v1/completeness. */
export interface ReportCompleteness {
  lines: number
  attempts_rows: number
  requests: number
  attempts: number
  duplicates: number
  conflicts: number
  dead_letters: number
  /** Lines that are no attempts at a model. */
  skipped_lines: number
  unseen_attempts: number
}

/**
 * The whole report; `--format json` prints it without the period and what stands out. Money is decimal text, counts are integers, times
 * ISO 8601 UTC.
 */
export interface ReportTables {
  generated_from: readonly { file: string; size_bytes: number | null }[]
  period: { from: string; to: string } | null
  /** What stands out, for people, at most five lines. */
  stands_out: readonly string[]
  completeness: ReportCompleteness
  usage: readonly Row[]
  latency: readonly Row[]
  saturation: readonly Row[]
  resilience: readonly Row[]
  providers: readonly Row[]
  security: readonly Row[]
  charges: readonly Row[]
  conflicts: readonly Row[]
  dead_letters: readonly Row[]
}

const PERIOD_DAYS = 399
const MAX_LISTED = 1_000

const securitySql = readQuery(import.meta.url, 'security')
const chargesSql = readQuery(import.meta.url, 'charges')
const conflictsSql = readQuery(import.meta.url, 'conflicts')
const deadLettersSql = readQuery(import.meta.url, 'dead-letters')

/** Reads the settled tables, summed over the whole input. */
export async function readTables(
  loaded: Loaded,
  deps: { clickhouse: ClickHouse },
): Promise<Omit<ReportTables, 'generated_from' | 'stands_out'>> {
  const periods = periodsOf(loaded.windows)
  const read = async (report: Report, groupBy?: string) =>
    (await Promise.all(periods.map(period => readAll(report, period, groupBy, deps)))).flat()
  return {
    period: periodText(loaded.windows),
    completeness: await readCompleteness(deps.clickhouse),
    usage: await read(usageReport, 'tenant_id,route,request_model,response_model,upstream_kind,upstream'),
    latency: await read(latencyReport),
    saturation: await read(saturationReport),
    resilience: await read(resilienceReport),
    providers: await read(providersReport),
    security: await deps.clickhouse.query(securitySql),
    charges: await deps.clickhouse.query(chargesSql),
    conflicts: await deps.clickhouse.query(conflictsSql, { limit: MAX_LISTED }),
    dead_letters: (await deps.clickhouse.query<DeadLetterRow>(deadLettersSql, { limit: MAX_LISTED })).map(row => withPosition(row, loaded)),
  }
}

/** The API answers for 400 days at most; a longer input is read in parts, which tables of a report then show one after the other. */
function periodsOf(windows: readonly number[]): { fromMs: number; toMs: number }[] {
  const periods: { fromMs: number; toMs: number }[] = []
  for (const window of windows) {
    const last = periods.at(-1)
    if (last !== undefined && window < last.fromMs + PERIOD_DAYS * DAY) last.toMs = window + MINUTE
    else periods.push({ fromMs: window, toMs: window + MINUTE })
  }
  return periods
}

function periodText(windows: readonly number[]): ReportTables['period'] {
  const [first, last] = [windows[0], windows.at(-1)]
  if (first === undefined || last === undefined) return null
  return { from: new Date(first).toISOString(), to: new Date(last + MINUTE).toISOString() }
}

async function readAll(
  report: Report,
  period: { fromMs: number; toMs: number },
  groupBy: string | undefined,
  deps: { clickhouse: ClickHouse },
): Promise<Row[]> {
  const rows: Row[] = []
  let cursor: string | null = null
  do {
    const answer = await answerReport(
      report,
      {
        from: new Date(period.fromMs).toISOString(),
        to: new Date(period.toMs).toISOString(),
        limit: '10000',
        ...(groupBy !== undefined && { group_by: groupBy }),
        ...(cursor !== null && { cursor }),
      },
      { role: 'operator' },
      { ...deps, now: () => period.toMs, limits: { ...defaultReadLimits, timeoutMs: 10 * MINUTE } },
    )
    rows.push(...answer.rows)
    cursor = answer.next_cursor
  } while (cursor !== null)
  return rows
}

async function readCompleteness(clickhouse: ClickHouse): Promise<ReportCompleteness> {
  const [row] = await clickhouse.query<ReportCompleteness>(readQuery(import.meta.url, 'completeness'), { topic: ACCESS_LOG_TOPIC })
  return row as ReportCompleteness
}

interface DeadLetterRow {
  code: string
  message: string
  line: string
  encoding: string
  topic: string
  partition: number
  offset: number
  line_no: number
}

function withPosition({ topic, partition, offset, line_no, ...row }: DeadLetterRow, loaded: Loaded): Row {
  const { file, lineNo } = loaded.positionOf(topic, partition, offset, line_no)
  return { file, line_no: lineNo, ...row }
}

import { ACCESS_LOG_TOPIC } from '../../../schemas/topics.ts'
import { defaultReadLimits } from '../../api/http/read-limits.ts'
import { latencyReport } from '../../api/reports/latency.ts'
import { providersReport } from '../../api/reports/providers.ts'
import { answerReport, type Report, type Row } from '../../api/reports/report.ts'
import { resilienceReport } from '../../api/reports/resilience.ts'
import { saturationReport } from '../../api/reports/saturation.ts'
import { usageReport } from '../../api/reports/usage.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
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

/** The whole report; `--format json` prints it without the period. Money is decimal text, counts are integers, times ISO 8601 UTC. */
export interface ReportTables {
  generated_from: readonly { file: string; size_bytes: number | null }[]
  period: { from: string; to: string } | null
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
const LISTED_DEAD_LETTERS = 1_000

/** Reads the settled tables, summed over the whole input. */
export async function readTables(loaded: Loaded, deps: { clickhouse: ClickHouse }): Promise<Omit<ReportTables, 'generated_from'>> {
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
    security: await deps.clickhouse.query(SECURITY_SQL),
    charges: await deps.clickhouse.query(CHARGES_SQL),
    conflicts: await deps.clickhouse.query(CONFLICTS_SQL),
    dead_letters: (await deps.clickhouse.query<DeadLetterRow>(DEAD_LETTERS_SQL)).map(row => withPosition(row, loaded)),
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
  const [row] = await clickhouse.query<ReportCompleteness>(
    `SELECT
       (SELECT sum(lines) FROM {database}.messages_read FINAL WHERE topic = {topic:String}) AS lines,
       (SELECT count() FROM {database}.attempts_raw) AS attempts_rows,
       sum(requests) AS requests, sum(attempts) AS attempts, sum(duplicates) AS duplicates, sum(conflicts) AS conflicts,
       (SELECT count() FROM {database}.dead_letters FINAL WHERE topic = {topic:String}) AS dead_letters,
       (SELECT sum(skipped_lines) FROM {database}.messages_read FINAL WHERE topic = {topic:String}) AS skipped_lines,
       sum(unseen_attempts) AS unseen_attempts
     FROM {database}.settled_windows_current`,
    { topic: ACCESS_LOG_TOPIC },
  )
  return row as ReportCompleteness
}

const SECURITY_SQL = `SELECT tenant_id, route, sum(g.requests) AS requests, sumIf(g.requests, error_class = 'auth') AS auth_failures,
  sumIf(g.requests, outcome = 'rejected') AS rejected, sumIf(g.requests, error_class = 'blocked_by_policy') AS blocked_by_policy
FROM {database}.attempt_groups_per_minute AS g
WHERE (window_start, settle_version) IN (SELECT window_start, max(settle_version) FROM {database}.settled_windows GROUP BY window_start)
GROUP BY tenant_id, route HAVING auth_failures + rejected + blocked_by_policy > 0 ORDER BY tenant_id, route`

// Files come without billing terms, so the prices agreed on are the list prices. A quantity without a price costs 0 and has no unit price, which is not free.
const CHARGES_SQL = `SELECT tenant_id, request_model AS model, response_model, upstream_kind, upstream, token_kind, price_key, price_version, min_input_tokens,
  is_wasted, estimate_method, currency, toString(unit_price) AS list_unit_price, sum(c.quantity) AS quantity, sum(c.attempts) AS attempts,
  toString(ifNull(sum(c.quantity) * unit_price, 0)) AS list_cost, list_cost AS contracted_cost, list_cost AS effective_cost
FROM {database}.charges_per_minute_current AS c
GROUP BY tenant_id, model, response_model, upstream_kind, upstream, token_kind, price_key, price_version, min_input_tokens, is_wasted, estimate_method, currency,
  unit_price
ORDER BY ALL`

const CONFLICTS_SQL = `SELECT window_start, tenant_id, source, request_id, attempt_key, kept_partition, kept_offset, kept_line_no, refused_partition, refused_offset, refused_line_no
FROM {database}.conflicts_current ORDER BY window_start, tenant_id, request_id, attempt_key LIMIT ${LISTED_DEAD_LETTERS}`

const DEAD_LETTERS_SQL = `SELECT code, message, line, encoding, topic, partition, offset, line_no FROM {database}.dead_letters FINAL
ORDER BY partition, offset, line_no LIMIT ${LISTED_DEAD_LETTERS}`

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
  const position = loaded.positionOf(topic, partition, offset)
  return { file: position?.file ?? null, line_no: (position?.firstLineNo ?? 1) + line_no, ...row }
}

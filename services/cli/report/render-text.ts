import type { Row } from '../../api/reports/report.ts'
import { grouped, type TextColumn, textTable } from '../../platform/text-table.ts'
import type { ReportTables } from './tables.ts'

/** The report as text for a terminal. */
export function renderText(report: ReportTables): string {
  const sections = sectionsOf(report).map(({ title, empty, columns, rows }) =>
    [title, rows.length === 0 ? empty : textTable(columns, rows).join('\n')].join('\n'),
  )
  return `${[headline(report), ...sections].join('\n\n')}\n`
}

/** A titled table of the report; `empty` is said when it has no rows. */
export interface Section {
  title: string
  empty: string
  columns: readonly TextColumn[]
  rows: readonly Row[]
}

/** One sentence on what was read and whether the books balance. */
export function headline(report: ReportTables): string {
  const { completeness: c, period } = report
  const accounted = c.lines === 0 ? '–' : `${(((c.lines - c.dead_letters) / c.lines) * 100).toFixed(2)} %`
  return [
    `Weir report: ${report.generated_from.map(input => input.file).join(', ')}`,
    period === null ? 'No attempt was found in the input.' : `${period.from} to ${period.to}`,
    `${grouped(c.lines)} lines → ${grouped(c.requests)} requests in ${grouped(c.attempts)} attempts (${grouped(c.unseen_attempts)} more only counted by a gateway); ` +
      `${grouped(c.duplicates)} duplicates, ${grouped(c.conflicts)} conflicts, ${grouped(c.dead_letters)} dead letters, ${grouped(c.skipped_lines)} lines skipped that are no calls of a model; ` +
      `${accounted} of the lines accepted or skipped`,
  ].join('\n')
}

/** The tables of the report in reading order. */
export function sectionsOf(report: ReportTables): readonly Section[] {
  return [
    {
      title: 'USAGE AND COST  (list prices; estimated and unpriced parts apart)',
      empty: 'no attempts',
      columns: usageColumns,
      rows: report.usage,
    },
    {
      title: 'CHARGES  (by token kind, at list prices; estimates and wasted attempts apart)',
      empty: 'nothing to charge for',
      columns: chargeColumns,
      rows: report.charges,
    },
    {
      title: 'RESILIENCE  (what further attempts did)',
      empty: 'no requests',
      columns: resilienceColumns,
      rows: report.resilience.filter(isNotable),
    },
    { title: 'LATENCY  (ms, per request)', empty: 'no latencies', columns: latencyColumns, rows: report.latency },
    {
      title: 'POOLS',
      empty: 'no engine samples in the input (give /metrics scrapes as further files)',
      columns: poolColumns,
      rows: report.saturation,
    },
    {
      title: 'PROVIDERS AND POOLS AS DEPENDENCIES  (per attempt)',
      empty: 'no upstream attempts',
      columns: providerColumns,
      rows: report.providers,
    },
    { title: 'SECURITY', empty: 'no auth failures, rejections or blocked requests', columns: all(report.security), rows: report.security },
    {
      title: 'CONFLICTS  (same identity, other content: not counted)',
      empty: 'none',
      columns: all(report.conflicts),
      rows: report.conflicts,
    },
    {
      title: 'DEAD LETTERS',
      empty: 'none',
      columns: [text('file'), text('line_no'), text('code'), text('message')],
      rows: report.dead_letters,
    },
  ]
}

function isNotable(row: Row): boolean {
  return row['cause'] !== '' || Number(row['retried_requests']) > 0
}

const text = (name: string, heading = name): TextColumn => ({ heading, cell: row => row[name] as string | number | null })
const quantile = (name: string, of: string, heading: string): TextColumn => ({
  heading,
  cell: row =>
    (row[name] as Record<string, number> | null)?.[of] === undefined
      ? null
      : Math.round((row[name] as Record<string, number>)[of] as number),
})
const decimal = (name: string, digits: number, heading = name): TextColumn => ({
  heading,
  cell: row => (row[name] === null || row[name] === undefined ? null : Number(row[name]).toFixed(digits)),
})
const all = (rows: readonly Row[]): TextColumn[] => Object.keys(rows[0] ?? {}).map(name => text(name))

const usageColumns = [
  text('tenant_id', 'tenant'),
  text('route'),
  text('request_model', 'model'),
  text('upstream'),
  text('requests'),
  text('attempts_reported', 'attempts'),
  text('input_tokens', 'input'),
  text('cached_input_tokens', 'cached'),
  text('output_tokens', 'output'),
  text('reasoning_tokens', 'reasoning'),
  text('list_cost', 'list cost'),
  text('estimated_cost', 'estimated'),
  text('unpriced_tokens', 'unpriced tok'),
  text('currency', ''),
]
const chargeColumns = [
  text('tenant_id', 'tenant'),
  text('model'),
  text('upstream'),
  text('token_kind', 'kind'),
  text('quantity', 'tokens'),
  text('list_unit_price', 'unit price'),
  { heading: 'list cost', cell: (row: Row) => (row['list_unit_price'] === null ? null : (row['list_cost'] as string)) },
  text('currency', ''),
  { heading: 'estimated by', cell: (row: Row) => String(row['estimate_method']) },
  { heading: 'wasted', cell: (row: Row) => (row['is_wasted'] ? 'yes' : '') },
]
const resilienceColumns = [
  text('tenant_id', 'tenant'),
  text('route'),
  text('cause'),
  text('from_upstream', 'from'),
  text('to_upstream', 'to'),
  text('requests'),
  decimal('amplification', 2),
  text('recovered_by_retry', 'by retry'),
  text('recovered_by_fallback', 'by fallback'),
  text('failed_after_all', 'failed after all'),
  text('failed_at_once', 'failed at once'),
  text('wasted_tokens', 'wasted tok'),
  text('wasted_cost', 'wasted cost'),
]
const latencyColumns = [
  text('tenant_id', 'tenant'),
  text('priority'),
  text('route'),
  text('request_model', 'model'),
  text('upstream'),
  text('requests'),
  quantile('ttft_ms', 'p50', 'ttft p50'),
  quantile('ttft_ms', 'p95', 'ttft p95'),
  quantile('duration_ms', 'p50', 'total p50'),
  quantile('duration_ms', 'p95', 'total p95'),
]
const poolColumns = [
  text('pool'),
  text('model'),
  decimal('running', 1),
  decimal('waiting', 1),
  decimal('kv_cache_use_ratio', 2, 'kv use'),
  decimal('saturation', 2),
  decimal('minutes_to_saturation', 1, 'min to sat.'),
  text('preemptions'),
  decimal('queue_ms', 0, 'queue ms'),
  decimal('output_tokens_per_s', 1, 'out tok/s'),
]
const providerColumns = [
  text('provider'),
  text('endpoint'),
  text('attempts'),
  text('successful_attempts', 'ok'),
  text('rate_limited', 'rate limited'),
  text('timeouts'),
  text('connect_failures', 'connect'),
  quantile('duration_ms', 'p50', 'p50 ms'),
  quantile('duration_ms', 'p95', 'p95 ms'),
]

import type { Row } from '../../api/reports/report.ts'
import { grouped, groupedDecimal, type TextColumn, textTable } from '../../platform/text-table.ts'
import type { ReportTables } from './tables.ts'
import { sumsByCurrency, totalsOf } from './totals.ts'

/** Files that the title names. */
const SHOWN_FILES = 5

/** The report as text for a terminal. */
export function renderText(report: ReportTables): string {
  const sections = sectionsOf(report).map(({ title, empty, columns, rows, totals }) =>
    [title, rows.length === 0 ? empty : textTable(columns, rows, undefined, totals).join('\n')].join('\n'),
  )
  return `${[headline(report).join('\n'), standing(report.stands_out), ...sections].filter(Boolean).join('\n\n')}\n`
}

/** What stands out, as a list; '' where nothing does. */
function standing(lines: readonly string[]): string {
  return lines.length === 0 ? '' : ['WHAT STANDS OUT', ...lines.map(line => `- ${line}`)].join('\n')
}

/** A titled table of the report; `empty` is said when it has no rows. `totals`: sums of all rows, shown or not. */
export interface Section {
  title: string
  empty: string
  columns: readonly TextColumn[]
  rows: readonly Row[]
  totals?: readonly Row[]
}

/** What was read, what it comes to, and whether the books balance: a title and sentences. */
export function headline(report: ReportTables): readonly string[] {
  const { completeness: c, period } = report
  const accounted = c.lines === 0 ? '–' : `${(((c.lines - c.dead_letters) / c.lines) * 100).toFixed(2)} %`
  const unseen = c.unseen_attempts === 0 ? '' : `, and ${grouped(c.unseen_attempts)} more that a gateway only counted`
  return [
    `Weir report: ${filesText(report.generated_from.map(input => input.file))}`,
    period === null ? 'No attempt was found in the input.' : `${period.from} to ${period.to}`,
    ...(period === null ? [] : figuresOf(report.usage)),
    `${counted(c.lines, 'line')} → ${counted(c.requests, 'request')} in ${counted(c.attempts, 'attempt')}${unseen}`,
    [
      [counted(c.dead_letters, 'dead letter'), counted(c.conflicts, 'conflict'), counted(c.duplicates, 'duplicate')].join(', '),
      `${counted(c.skipped_lines, 'line')} skipped: no calls of a model`,
      `${accounted} of the lines accepted or skipped`,
    ].join('; '),
  ]
}

/** The first files by name, the others by their number. */
function filesText(names: readonly string[]): string {
  const rest = names.length - SHOWN_FILES
  return names.slice(0, SHOWN_FILES).join(', ') + (rest > 0 ? ` and ${grouped(rest)} more` : '')
}

/** A count with the word for what is counted. */
function counted(count: number, word: string): string {
  return `${grouped(count)} ${word}${count === 1 ? '' : 's'}`
}

/** The totals that a reader looks for first: tokens, and cost by currency. */
function figuresOf(usage: readonly Row[]): string[] {
  const sum = (column: string) => usage.reduce((total, row) => total + Number(row[column] ?? 0), 0)
  const tenants = new Set(usage.map(row => row['tenant_id'])).size
  const amounts = sumsByCurrency(usage, { counts: [], amounts: usageSums.amounts }).map(row => {
    const estimated = row['estimated_cost'] === '0' ? '' : ` (${groupedDecimal(String(row['estimated_cost']))} of it estimated)`
    return `${groupedDecimal(String(row['list_cost']))} ${row['currency']}${estimated}`
  })
  const unpriced = sum('unpriced_tokens')
  const input = `${grouped(sum('input_tokens'))} input (${grouped(sum('cached_input_tokens'))} cached)`
  const output = `${grouped(sum('output_tokens'))} output (${grouped(sum('reasoning_tokens'))} reasoning)`
  return [
    `${counted(tenants, 'tenant')}; tokens: ${input}, ${output}`,
    `list cost ${amounts.join(', ')}${unpriced > 0 ? `; ${grouped(unpriced)} tokens have no price, which is not free` : ''}`,
  ]
}

/** The tables of the report in reading order. */
export function sectionsOf(report: ReportTables): readonly Section[] {
  return [
    {
      title: 'USAGE AND COST  (list prices; estimated and unpriced parts apart)',
      empty: 'no attempts',
      columns: usageColumns.filter(column => column !== servedModel || report.usage.some(isServedByOther)),
      rows: report.usage,
      totals: totalsOf(report.usage, 'tenant_id', usageSums),
    },
    {
      title: 'CHARGES  (by token kind, at list prices; estimates and wasted attempts apart)',
      empty: 'nothing to charge for',
      columns: chargeColumns.filter(column => column !== servedModel || report.charges.some(isServedByOther)),
      rows: report.charges,
      totals: totalsOf(report.charges, 'tenant_id', { counts: [], amounts: ['list_cost'] }),
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
    { title: 'SECURITY', empty: 'no auth failures, rejections or blocked requests', columns: securityColumns, rows: report.security },
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
  isNumber: true,
  cell: row => (row[name] === null || row[name] === undefined ? null : Number(row[name]).toFixed(digits)),
})
const amount = (name: string, heading = name): TextColumn => ({
  heading,
  isNumber: true,
  cell: row => row[name] as string | null,
})
/** Nothing of it has a price, which is not free. */
const isUnpriced = (row: Row) => row['list_cost'] === '0' && Number(row['unpriced_tokens']) > 0
/** The model that answered, where it is another than the one asked for. */
const isServedByOther = (row: Row) => {
  const asked = row['request_model'] ?? row['model']
  return row['response_model'] !== undefined && row['response_model'] !== '' && row['response_model'] !== asked
}
const servedModel: TextColumn = { heading: 'answered by', cell: row => (isServedByOther(row) ? (row['response_model'] as string) : '') }
const all = (rows: readonly Row[]): TextColumn[] => Object.keys(rows[0] ?? {}).map(name => text(name))

/** What is summed in the last row of usage: every count and amount that its columns show. */
const usageSums = {
  counts: [
    ...['requests', 'attempts_reported', 'input_tokens', 'cached_input_tokens', 'output_tokens', 'reasoning_tokens'],
    'unpriced_tokens',
  ],
  amounts: ['list_cost', 'estimated_cost'],
}
const usageColumns = [
  text('tenant_id', 'tenant'),
  text('route'),
  text('request_model', 'model'),
  servedModel,
  text('upstream'),
  text('requests'),
  text('attempts_reported', 'attempts'),
  text('input_tokens', 'input'),
  text('cached_input_tokens', 'cached'),
  text('output_tokens', 'output'),
  text('reasoning_tokens', 'reasoning'),
  { heading: 'list cost', isNumber: true, cell: (row: Row) => (isUnpriced(row) ? null : (row['list_cost'] as string)) },
  amount('estimated_cost', 'estimated'),
  text('unpriced_tokens', 'unpriced tok'),
  text('currency', ''),
]
const chargeColumns = [
  text('tenant_id', 'tenant'),
  text('model'),
  servedModel,
  text('upstream'),
  text('token_kind', 'kind'),
  text('quantity', 'units'),
  amount('list_unit_price', 'unit price'),
  { heading: 'list cost', isNumber: true, cell: (row: Row) => (row['list_unit_price'] === null ? null : (row['list_cost'] as string)) },
  text('currency', ''),
  { heading: 'estimated by', cell: (row: Row) => String(row['estimate_method'] ?? '') },
  { heading: 'wasted', cell: (row: Row) => (row['is_wasted'] ? 'yes' : '') },
]
const counts = (name: string, heading: string): TextColumn => ({
  heading,
  cell: row =>
    Object.entries((row[name] ?? {}) as Record<string, number>)
      .map(([of, count]) => `${of} ${count}`)
      .join(', '),
})
const securityColumns = [
  text('tenant_id', 'tenant'),
  text('route'),
  text('requests'),
  text('auth_failures', 'auth failures'),
  counts('auth_failures_by_result', 'of them'),
  text('rejected'),
  text('refused_model_attempts', 'models refused'),
  text('blocked_by_policy', 'blocked'),
  text('guardrail_hits', 'guardrail hits'),
  text('api_keys', 'keys'),
  text('client_ip_prefixes', 'networks'),
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
  amount('wasted_cost', 'wasted cost'),
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
  text('state'),
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

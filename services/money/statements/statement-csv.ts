import { formatDecimal } from '../decimal.ts'
import type { Statement, StatementLine } from './statement.ts'
import { iso } from './statement-json.ts'

const lineColumns = [
  'line_no',
  'charge_category',
  'charge_class',
  'corrects_statement',
  'correction_reason',
  'description',
  'upstream_kind',
  'upstream',
  'model',
  'region',
  'service_tier',
  'meter',
  'is_wasted',
  'estimate_method',
  'price_key',
  'price_version',
  'min_input_tokens',
  'rate_term',
  'commitment_id',
  'adjustment_id',
  'pricing_currency',
  'exchange_rate',
  'list_unit_price',
  'contracted_unit_price',
  'quantity',
  'unit',
  'list_cost',
  'contracted_cost',
  'effective_cost',
  'precise_cost',
  'billed_cost',
] as const satisfies readonly (keyof StatementLine)[]
const headColumns = ['statement_id', 'status', 'tenant_id', 'team', 'cost_centre', 'gl_code', 'month', 'time_zone', 'currency'] as const

/**
 * Lines of statements as CSV after RFC 4180, one table for all. Text that a spreadsheet would take for a formula gets an apostrophe before it. Daily
 * details are in JSON and in the FOCUS export.
 */
export function statementsCsv(statements: readonly Statement[]): string {
  const header = [...headColumns, 'period_start', 'period_end', ...lineColumns].join(',')
  const rows = statements.flatMap(statement => {
    const head = [...headColumns.map(column => statement[column]), iso(statement.period_start_ms), iso(statement.period_end_ms)]
    return statement.lines.map(line => [...head, ...lineColumns.map(column => line[column])].map(field).join(','))
  })
  return [header, ...rows, ''].join('\r\n')
}

function field(value: string | number | boolean | bigint | null): string {
  if (value === null) return ''
  if (typeof value !== 'string') return typeof value === 'bigint' ? formatDecimal(value) : String(value)
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

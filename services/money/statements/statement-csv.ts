import { csvLine, csvPlain, csvText } from '../csv.ts'
import { formatDecimal } from '../decimal.ts'
import type { Statement } from './statement.ts'
import { lineFields, namesOf } from './statement-fields.ts'
import { iso } from './statement-json.ts'

const lineColumns = namesOf(lineFields)
const headColumns = ['statement_id', 'status', 'tenant_id', 'team', 'cost_centre', 'gl_code', 'month', 'time_zone', 'currency'] as const

/**
 * Lines of statements as CSV, one table for all. Text that a spreadsheet would take for a formula gets an apostrophe before it. Daily
 * details are in JSON and in the FOCUS export.
 */
export function statementsCsv(statements: readonly Statement[]): string {
  const header = csvLine([...headColumns, 'period_start', 'period_end', ...lineColumns])
  const rows = statements.flatMap(statement => {
    const head = [...headColumns.map(column => statement[column]), iso(statement.period_start_ms), iso(statement.period_end_ms)]
    return statement.lines.map(line => csvLine([...head, ...lineColumns.map(column => line[column])].map(field)))
  })
  return [header, ...rows].join('')
}

function field(value: string | number | boolean | bigint | null): string {
  if (typeof value === 'string') return csvText(value)
  return csvPlain(typeof value === 'bigint' ? formatDecimal(value) : value)
}

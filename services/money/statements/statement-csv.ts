import { csvLine, csvPlain, csvText } from '../csv.ts'
import { formatDecimal } from '../decimal.ts'
import type { Statement, StatementLine } from './statement.ts'
import { lineFields, namesOf } from './statement-fields.ts'
import { iso } from './statement-json.ts'

const lineColumns = namesOf(lineFields)
const headColumns = ['statement_id', 'status', 'tenant_id', 'team', 'cost_centre', 'gl_code', 'month', 'time_zone', 'currency'] as const

/**
 * Lines of statements as CSV, one table for all. Text that a spreadsheet would take for a formula gets an apostrophe before it. Daily
 * details are in JSON and in the FOCUS export.
 */
export function statementsCsv(statements: readonly Statement[]): string {
  return [statementCsvHeader(), ...statements.map(statement => statementCsvLines(statement, statement.lines))].join('')
}

/** The names of the columns. */
export function statementCsvHeader(): string {
  return csvLine([...headColumns, 'period_start', 'period_end', ...lineColumns])
}

/** Some lines of a statement. */
export function statementCsvLines(statement: Statement, lines: readonly StatementLine[]): string {
  const head = [...headColumns.map(column => statement[column]), iso(statement.period_start_ms), iso(statement.period_end_ms)]
  return lines.map(line => csvLine([...head, ...lineColumns.map(column => line[column])].map(field))).join('')
}

function field(value: string | number | boolean | bigint | null): string {
  if (typeof value === 'string') return csvText(value)
  return csvPlain(typeof value === 'bigint' ? formatDecimal(value) : value)
}

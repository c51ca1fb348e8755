import type { Statement } from './statement.ts'
import { statementsCsv } from './statement-csv.ts'
import { statementsHtml } from './statement-html.ts'
import { type StatementView, statementJson } from './statement-json.ts'
import { statementText } from './statement-text.ts'

/** Ways to write statements, the first by default. */
export const statementFormats = ['text', 'json', 'csv', 'html'] as const
/** One of `statementFormats`. */
export type StatementFormat = (typeof statementFormats)[number]

/** Statements in a format: JSON is one object for one statement and an array for several, CSV one table, HTML one page each in one file. */
export function renderStatements(
  statements: readonly Statement[],
  format: StatementFormat,
  view: StatementView = { seesVolumes: true },
): string {
  if (format === 'csv') return statementsCsv(statements)
  if (format === 'html') return statementsHtml(statements, view)
  if (format === 'text') return statements.map(statementText).join('\n\n')
  const values = statements.map(statement => statementJson(statement, view))
  return `${JSON.stringify(values.length === 1 ? values[0] : values, null, 1)}\n`
}

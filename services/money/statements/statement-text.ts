import { textTable } from '../../platform/text-table.ts'
import { twinMarks, unitPriceText } from './line-words.ts'
import { moneyText, quantityText } from './money-text.ts'
import type { Statement, StatementLine } from './statement.ts'
import { iso } from './statement-json.ts'
import { laterLines, lineGroups, percent, remarks } from './statement-words.ts'

/** A statement for a terminal. */
export function statementText(statement: Statement): string {
  const { currency, basis } = statement
  const money = (amount: bigint) => moneyText(amount, currency)
  const marks = twinMarks(statement.lines)
  const table = (lines: readonly StatementLine[]) =>
    textTable(
      [
        { heading: '', cell: row => row['description'] as string },
        { heading: 'quantity', cell: row => row['amount'] as string },
        { heading: 'price', cell: row => row['price'] as string },
        { heading: `billed ${currency}`, cell: row => row['billed'] as string },
      ],
      lines.map(line => ({
        description: marks.has(line) ? `${line.description}, ${marks.get(line)}` : line.description,
        price: unitPriceText(line),
        amount: line.quantity === 0n ? '' : `${quantityText(line.quantity)} ${line.unit}`,
        billed: money(line.billed_cost),
      })),
      Number.POSITIVE_INFINITY,
    )
  const completeness =
    basis.lines_received === 0
      ? 'no line was received in this month'
      : `${percent(basis.lines_accounted, basis.lines_received)} of the lines received are accounted for`
  const own = lineGroups(statement).flatMap(group => group.lines)
  const later = laterLines(statement)
  const rounding = statement.lines.filter(line => line.meter === 'rounding')
  return [
    `${statement.status === 'closed' ? 'Statement' : 'DRAFT of statement'} ${statement.statement_id}`,
    `${statement.tenant_name} (${statement.tenant_id}), ${statement.month} in ${statement.time_zone}: ` +
      `${iso(statement.period_start_ms)} to ${iso(statement.period_end_ms)}`,
    ...(statement.as_of_ms !== null && statement.as_of_ms < statement.period_end_ms
      ? [`as of ${iso(statement.as_of_ms)}: pools have cost nothing yet beyond`]
      : []),
    '',
    `payable: ${money(statement.payable)} ${currency}`,
    '',
    ...(own.length > 0 ? table(own) : ['nothing was used']),
    ...(later.length > 0 ? ['', 'corrections and adjustments', ...table(later)] : []),
    ...rounding.map(line => `rounding: ${money(line.billed_cost)} ${currency}`),
    ...remarks(statement).flatMap(({ title, text }) => ['', `${title}: ${text}`]),
    '',
    `${completeness}; prices version ${basis.price_version}, terms version ${basis.terms_version}`,
    `sha256 ${statement.content_sha256}`,
  ].join('\n')
}

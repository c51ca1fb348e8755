import { escaped } from './html-text.ts'
import type { Statement } from './statement.ts'
import { iso, type StatementView } from './statement-json.ts'
import { percent } from './statement-words.ts'

/** The box that says what the statement was made from and how to prove it. */
export function proofHtml(statement: Statement, { seesVolumes }: StatementView): string {
  const { basis, status } = statement
  const share = percent(basis.lines_accounted, basis.lines_received)
  const completeness = basis.lines_accounted === basis.lines_received ? 'all lines received' : 'not all lines received'
  const count = (number: number) => number.toLocaleString('en-US')
  const facts: [string, string][] = [
    ['Completeness', seesVolumes ? `${share} of ${count(basis.lines_received)} lines received` : completeness],
    [
      'Made from',
      `${count(basis.requests)} requests, ${count(basis.attempts)} ` +
        `attempts${seesVolumes ? `, ${count(basis.windows)} settled minutes` : ''}`,
    ],
    ['Versions', `prices ${basis.price_version}, billing terms ${basis.terms_version}`],
    ...(seesVolumes ? ([['Positions', `${basis.positions.length} partitions of the event log`]] as [string, string][]) : []),
    ['Period', `${iso(statement.period_start_ms)} to ${iso(statement.period_end_ms)}`],
    ...(status === 'closed' && statement.closed_at_ms !== null
      ? ([['Closed', `${iso(statement.closed_at_ms)} by ${statement.closed_by}`]] as [string, string][])
      : []),
    ['SHA-256', statement.content_sha256],
  ]
  const how =
    status === 'closed'
      ? `Closed: it never changes. <code>weir statements verify ${escaped(statement.statement_id)}</code> makes it again from the raw ` +
        `rows and compares every byte.`
      : 'A draft: rows, prices and terms may still change it until it is closed.'
  return (
    `<footer><h2>Proof</h2><dl>${facts.map(([name, value]) => `<dt>${name}</dt><dd>${escaped(value)}</dd>`).join('')}</dl><p ` +
    `class="soft">${how}</p></footer>`
  )
}

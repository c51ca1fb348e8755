import { escaped } from './html-text.ts'
import type { Statement } from './statement.ts'
import { iso } from './statement-json.ts'
import { percent } from './statement-words.ts'

/** The box that says what the statement was made from and how to prove it. */
export function proofHtml(statement: Statement): string {
  const { basis, status } = statement
  const facts: [string, string][] = [
    [
      'Completeness',
      `${percent(basis.lines_accounted, basis.lines_received)} of ${basis.lines_received.toLocaleString('en-US')} lines received`,
    ],
    [
      'Made from',
      `${basis.requests.toLocaleString('en-US')} requests, ${basis.attempts.toLocaleString('en-US')} attempts, ${basis.windows.toLocaleString('en-US')} settled minutes`,
    ],
    ['Versions', `prices ${basis.price_version}, billing terms ${basis.terms_version}`],
    ['Positions', `${basis.positions.length} partitions of the event log`],
    ['Period', `${iso(statement.period_start_ms)} to ${iso(statement.period_end_ms)}`],
    ...(status === 'closed' && statement.closed_at_ms !== null
      ? ([['Closed', `${iso(statement.closed_at_ms)} by ${statement.closed_by}`]] as [string, string][])
      : []),
    ['SHA-256', statement.content_sha256],
  ]
  const how =
    status === 'closed'
      ? `Closed: it never changes. <code>weir statements verify ${escaped(statement.statement_id)}</code> makes it again from the raw rows and compares every byte.`
      : 'A draft: rows, prices and terms may still change it until it is closed.'
  return `<footer><h2>Proof</h2><dl>${facts.map(([name, value]) => `<dt>${name}</dt><dd>${escaped(value)}</dd>`).join('')}</dl><p class="soft">${how}</p></footer>`
}

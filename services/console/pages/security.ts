import { BoardOf } from '../panels/board.ts'
import { entriesOf, labelColumn, valueColumn } from '../panels/columns.ts'
import type { ReportPanelMeta } from '../panels/report-panel.ts'
import { AnswerHead, Findings, useAnswer } from '../view/answer-head.ts'
import { Frame } from '../view/figure.ts'
import { html } from '../view/html.ts'

const security = { path: '/v1/security', filters: ['tenant_id', 'route'], unit: 'short' } as const

const failures: ReportPanelMeta = {
  ...security,
  name: 'auth-failures',
  title: 'Refused at the door',
  question: 'Attack, or an old key?',
  counts: 'attempts that were not let in, by reason',
  kind: 'bars',
  groups: [],
  columns: [labelColumn('reason', 'Reason'), valueColumn('attempts', 'Attempts', 'short')],
  rowsOf: rows => entriesOf(rows, 'auth_failures_by_result', { label: 'reason', value: 'attempts' }),
}
const keys: ReportPanelMeta = {
  ...security,
  name: 'keys-refused',
  size: 'is-wide is-whole',
  title: 'Keys',
  question: 'Who gets what they may not?',
  counts: 'attempts by tenant and key, the most refused first',
  kind: 'table',
  groups: ['tenant_id', 'api_key_id'],
  columns: [
    labelColumn('tenant_id', 'Tenant'),
    labelColumn('api_key_id', 'Key'),
    valueColumn('rejected_attempts', 'Refused', 'short'),
    valueColumn('auth_failures', 'Not let in', 'short'),
    valueColumn('rate_limited_attempts', 'Over a limit', 'short'),
    valueColumn('refused_model_attempts', 'Model refused', 'short'),
    valueColumn('blocked_by_policy', 'Blocked by policy', 'short'),
    valueColumn('guardrail_hits', 'Guardrail', 'short'),
    valueColumn('attempts', 'Attempts', 'short'),
    valueColumn('client_ip_prefixes', 'Networks', 'short'),
  ],
  rowsOf: rows => rows.toSorted((one, other) => refused(other) - refused(one)),
}
const refused = (row: Readonly<Record<string, unknown>>) => Number(row['rejected_attempts']) * 1e6 + Number(row['attempts'])

/** Who does what they may not. */
export function Security() {
  const asked = useAnswer('suspects', { isRanged: false })
  return html`<${AnswerHead} title="Security" asked=${asked} />
    ${
      asked.data !== undefined &&
      asked.data.findings.length > 0 &&
      html`<${Frame} title="Suspects" counts="the worst first"><${Findings} answer=${asked.data} first=${6} /></${Frame}>`
    }
    <${BoardOf} name="security" more=${[keys, failures]} />`
}

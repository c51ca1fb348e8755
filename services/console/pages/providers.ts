import { BoardOf } from '../panels/board.ts'
import { labelColumn, valueColumn } from '../panels/columns.ts'
import { providerPanels } from '../panels/pool-panels.ts'
import type { ReportPanelMeta } from '../panels/report-panel.ts'
import { AnswerHead, Findings, useAnswer } from '../view/answer-head.ts'
import { Frame } from '../view/figure.ts'
import { html } from '../view/html.ts'

const faults: ReportPanelMeta = {
  path: '/v1/providers',
  filters: ['tenant_id', 'provider'],
  groups: ['provider'],
  name: 'provider-faults',
  title: 'Whose fault',
  question: 'Theirs or ours?',
  counts: 'failed attempts',
  kind: 'bars',
  unit: 'short',
  columns: [labelColumn('provider', 'Upstream'), labelColumn('reason', 'Reason'), valueColumn('attempts', 'Attempts', 'short')],
  rowsOf: rows =>
    rows
      .flatMap(({ provider, errors_by_class }) =>
        Object.entries((errors_by_class ?? {}) as Record<string, number>).map(([reason, attempts]) => ({
          provider,
          reason: reason.replaceAll('_', ' '),
          attempts,
        })),
      )
      .toSorted((one, other) => other.attempts - one.attempts),
}

/** Who is ill, since when, and whose fault it is. */
export function Providers() {
  const asked = useAnswer('egress', { isRanged: false })
  return html`<${AnswerHead} title="Providers" asked=${asked} />
    ${
      asked.data !== undefined &&
      asked.data.findings.length > 0 &&
      html`<${Frame} title="How each is" counts="attempts at a provider with a model"><${Findings} answer=${asked.data} first=${5}
        /></${Frame}>`
    }
    <${BoardOf} name="providers" more=${[...providerPanels, faults]} />`
}

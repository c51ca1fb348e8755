import { BoardOf } from '../panels/board.ts'
import { labelColumn, valueColumn } from '../panels/columns.ts'
import { costBy } from '../panels/money-panels.ts'
import type { ReportPanelMeta } from '../panels/report-panel.ts'
import { firstToken, outcomes, requestsBy, tokensByKind } from '../panels/traffic-panels.ts'
import { ConsoleContext, useConsole } from '../state/console-state.ts'
import { linkTo, type Place } from '../state/place.ts'
import { AnswerText, useAnswer } from '../view/answer-head.ts'
import { html } from '../view/html.ts'
import { Budgets } from './budgets.ts'
import { Figures } from './overview.ts'

const keys: ReportPanelMeta = {
  path: '/v1/security',
  filters: ['tenant_id'],
  groups: ['api_key_id'],
  name: 'keys',
  title: 'Keys',
  question: 'Who inside asks?',
  counts: 'requests by the key that sent them',
  kind: 'table',
  unit: 'short',
  columns: [
    labelColumn('api_key_id', 'Key'),
    valueColumn('requests', 'Requests', 'short'),
    valueColumn('input_tokens', 'Input tokens', 'short'),
    valueColumn('output_tokens', 'Output tokens', 'short'),
    valueColumn('rejected_attempts', 'Refused', 'short'),
  ],
  rowsOf: rows => rows.toSorted((one, other) => Number(other['requests']) - Number(one['requests'])),
}

const more = [
  costBy('request_model', 'Spend by model', 'When did it change?'),
  outcomes,
  tokensByKind,
  firstToken,
  requestsBy('route', 'Requests by route', 'What for?'),
  keys,
]

/** Whether one tenant is all right: its figures, budgets, and what changed. */
export function Tenant({ tenant }: { tenant: string }) {
  const state = useConsole()
  // All below asks about this tenant alone.
  const place: Place = { ...state.place, filters: { ...state.place.filters, tenant_id: [tenant] } }
  return html`<${ConsoleContext.Provider} value=${{ ...state, place }}><${Inside} tenant=${tenant} /></${ConsoleContext.Provider}>`
}

function Inside({ tenant }: { tenant: string }) {
  const { place } = useConsole()
  const why = useAnswer('why', { isRanged: false })
  return html`<header class="page-head">
      <h1><bdi>${tenant}</bdi></h1>
      ${why.data && html`<${AnswerText} answer=${why.data} />`}
      <p class="small links">
        <a href=${linkTo(place, 'requests')}>Requests</a>
        <a href=${linkTo(place, 'statement', { item: tenant })}>Statement</a>
        <a href=${linkTo({ ...place, filters: {} }, 'tenants')}>All tenants</a>
      </p>
    </header>
    <${Figures} />
    <${Budgets} tenant=${tenant} />
    <${BoardOf} name="tenants" more=${more} />`
}

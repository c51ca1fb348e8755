import { BoardOf } from '../panels/board.ts'
import { ConsoleContext, useConsole } from '../state/console-state.ts'
import { linkTo, type Place } from '../state/place.ts'
import { AnswerText, useAnswer } from '../view/answer-head.ts'
import { html } from '../view/html.ts'
import { Budgets } from './budgets.ts'
import { Figures } from './overview.ts'

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
    <${BoardOf} name="tenants" without=${['who-spends', 'tenants-wait']} />`
}

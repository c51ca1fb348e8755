import { BoardOf } from '../panels/board.ts'
import { html } from '../view/html.ts'
import { StandsOut } from './stands-out.ts'

/** What stands out now: findings and alerts first, the figures below. */
export function Overview() {
  return html`<${StandsOut} />
    <${BoardOf} name="overview" />`
}

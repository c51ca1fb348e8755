import { BoardOf } from '../panels/board.ts'
import { useConsole } from '../state/console-state.ts'
import { linkTo } from '../state/place.ts'
import { AnswerHead, AnswerText, Findings, useAnswer } from '../view/answer-head.ts'
import { Frame } from '../view/figure.ts'
import { html } from '../view/html.ts'
import { Budgets } from './budgets.ts'

/** Why it costs more: what moved, what is unusual, what has no price. */
export function Cost() {
  const { place } = useConsole()
  const [movers, unexpected, caches] = [
    useAnswer('movers'),
    useAnswer('unexpected', { isRanged: false }),
    useAnswer('caches', { isRanged: false }),
  ]
  return html`<${AnswerHead} title="Cost" asked=${movers} />
    <p class="small links">
      <a href=${linkTo(place, 'statement')}>Statements</a> <a href=${linkTo(place, 'pipeline')}>What has no price</a>
    </p>
    ${
      movers.data !== undefined &&
      movers.data.findings.length > 0 &&
      html`<${Frame} title="Movers" question="Who changed most?"
      counts="against as long a time before"><${Findings} answer=${movers.data} first=${6} /></${Frame}>`
    }
    <${BoardOf} name="cost" />
    <${Budgets} />
    <div class="board">
      <${Frame} title="Unusual" question="Does anything cost more than usual?">${
        unexpected.data &&
        html`<${AnswerText}
        answer=${unexpected.data} /><${Findings} answer=${unexpected.data} first=${4} />`
      }</${Frame}>
      <${Frame} title="Caches" question="Does caching pay?">${
        caches.data &&
        html`<${AnswerText} answer=${caches.data}
        /><${Findings} answer=${caches.data} first=${3} />`
      }</${Frame}>
    </div>`
}

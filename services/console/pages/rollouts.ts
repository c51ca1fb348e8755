import { BoardOf } from '../panels/board.ts'
import { AnswerHead, Findings, useAnswer } from '../view/answer-head.ts'
import { Frame } from '../view/figure.ts'
import { html } from '../view/html.ts'

/** Whether the new one is better than the old one. */
export function Rollouts() {
  const asked = useAnswer('rollouts', { isRanged: false })
  return html`<${AnswerHead} title="Rollouts" asked=${asked} />
    ${
      asked.data !== undefined &&
      asked.data.findings.length > 0 &&
      html`<${Frame} title="Old against new" question="Keep it or roll back?" counts="requests of the same minutes"
        ><${Findings} answer=${asked.data} first=${6}
      /></${Frame}>`
    }
    <${BoardOf} name="rollouts" />`
}

import { BoardOf } from '../panels/board.ts'
import { AnswerHead, Findings, useAnswer } from '../view/answer-head.ts'
import { Frame } from '../view/figure.ts'
import { html } from '../view/html.ts'

/** Who does what they may not. */
export function Security() {
  const asked = useAnswer('suspects', { isRanged: false })
  return html`<${AnswerHead} title="Security" asked=${asked} />
    ${
      asked.data !== undefined &&
      asked.data.findings.length > 0 &&
      html`<${Frame} title="Suspects" counts="the worst first"><${Findings} answer=${asked.data} first=${6} /></${Frame}>`
    }
    <${BoardOf} name="security" />`
}

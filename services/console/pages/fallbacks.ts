import { BoardOf } from '../panels/board.ts'
import { AnswerHead, Findings, useAnswer } from '../view/answer-head.ts'
import { Frame } from '../view/figure.ts'
import { html } from '../view/html.ts'

/** Whether rescue helps: verdicts above, the flow below, causes beside. */
export function Fallbacks() {
  const asked = useAnswer('verdict')
  return html`<${AnswerHead} title="Retries and fallbacks" asked=${asked} />
    ${
      asked.data !== undefined &&
      asked.data.findings.length > 0 &&
      html`<${Frame} title="Verdicts" question="Does each rule help?" counts="requests whose first attempt failed; the most requests first"
        ><${Findings} answer=${asked.data} first=${4}
      /></${Frame}>`
    }
    <${BoardOf} name="fallbacks" />`
}

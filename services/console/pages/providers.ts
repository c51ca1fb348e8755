import { BoardOf } from '../panels/board.ts'
import { AnswerHead, Findings, useAnswer } from '../view/answer-head.ts'
import { Frame } from '../view/figure.ts'
import { html } from '../view/html.ts'

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
    <${BoardOf} name="providers" />`
}

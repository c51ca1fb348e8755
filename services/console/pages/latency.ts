import { Bars } from '../charts/bars.ts'
import { BoardOf } from '../panels/board.ts'
import type { Answer } from '../view/answer.ts'
import { AnswerHead, Findings, useAnswer } from '../view/answer-head.ts'
import { Frame } from '../view/figure.ts'
import { html } from '../view/html.ts'

/** Whether it got slower, and which part of a request did. */
export function Latency() {
  const asked = useAnswer('why', { isRanged: false })
  const changed = asked.data?.findings.find(finding => finding['priority'] === 'all') ?? asked.data?.findings[0]
  return html`<${AnswerHead} title="Latency" asked=${asked} />
    ${
      changed &&
      html`<div class="split"><${Parts} finding=${changed} />${
        asked.data &&
        html`<${Frame}
      title="By class of users"><${Findings} answer=${asked.data} first=${3} /></${Frame}>`
      }</div>`
    }
    <${BoardOf} name="latency" />`
}

const partWords: Readonly<Record<string, string>> = {
  retry: 'retries',
  queue: 'the queue',
  prefill: 'reading prompts',
  decode: 'writing answers',
  answer: 'longer answers',
  mix: 'another mix of models, upstreams and sizes',
  together: 'several of these at once',
}

function Parts({ finding }: { finding: Answer['findings'][number] }) {
  const parts = Object.entries((finding['parts'] ?? {}) as Record<string, number>)
  const bars = parts
    .map(([name, value]) => ({ name: partWords[name] ?? name, value }))
    .toSorted((one, other) => Math.abs(other.value) - Math.abs(one.value))
  if (bars.length === 0) return null
  return html`<${Frame} title="Where the change comes from" question="Which stage grew?"
    counts="parts of the change, which add up to it"><${Bars} bars=${bars} unit="ms" /></${Frame}>`
}

import { useAsked, useConsole } from '../state/console-state.ts'
import { queryOf } from '../state/place.ts'
import { PageHead } from '../view/answer-head.ts'
import { Body, Frame } from '../view/figure.ts'
import { html } from '../view/html.ts'

interface Check {
  readonly id: string
  readonly does: string
  readonly word: string
  readonly evidence: string
  readonly next_step: string
}
interface Audit {
  readonly sentence: string
  readonly questions: readonly {
    readonly id: string
    readonly asks: string
    readonly answer: string
    readonly is_good: boolean | null
    readonly evidence: readonly string[]
    readonly next_steps: readonly string[]
  }[]
  readonly layers: readonly { readonly layer: string; readonly checks: readonly Check[] }[]
}

/** Six questions about the platform, answered from its traffic, and the checks behind them. */
export function AuditPage() {
  const { place, nowMs } = useConsole()
  const query = queryOf(place, nowMs(), [])
  // The audit looks at a day unless told, as an hour holds too little to judge a platform by.
  if (place.from === 'now-1h') for (const name of ['from', 'to']) query.delete(name)
  const asked = useAsked<Audit>(`/v1/audit?${query}`)
  return html`<${PageHead} title="Audit"><p class="lead">${asked.data?.sentence ?? 'Looking …'}</p></${PageHead}>
    <${Frame} title="Six questions" question="Answered from traffic, not from what is declared">
      <${Body} asked=${asked} isEmpty=${false}>
        <ol class="findings">${asked.data?.questions.map(
          one => html`<li>
            <span><${Word} word=${one.answer} isGood=${one.is_good} /></span>
            <div>
              <p class="finding-text"><strong>${one.asks}</strong></p>
              ${one.evidence.map(text => html`<p class="finding-note">${text}</p>`)}
              ${one.next_steps.map(text => html`<p class="finding-note">→ ${text}</p>`)}
            </div>
          </li>`,
        )}</ol>
      </${Body}>
    </${Frame}>
    ${asked.data?.layers.map(
      ({ layer, checks }) => html`<${Frame} title=${`${layer.charAt(0).toUpperCase()}${layer.slice(1)}`}>
        <ol class="findings">${checks.map(
          check => html`<li>
            <span><${Word} word=${check.word} isGood=${check.word === 'yes' ? true : check.word === 'no' ? false : null} /></span>
            <div>
              <p class="finding-text">${check.does}</p>
              <p class="finding-note">${check.evidence}</p>
              ${check.next_step && html`<p class="finding-note">→ ${check.next_step}</p>`}
            </div>
          </li>`,
        )}</ol>
      </${Frame}>`,
    )}`
}

function Word({ word, isGood }: { word: string; isGood: boolean | null }) {
  const [kind, sign] = isGood === true ? ['is-good', '●'] : isGood === false ? ['is-bad', '■'] : ['', '?']
  return html`<span class=${`mark ${kind}`}><span aria-hidden="true">${sign}</span> ${word}</span>`
}

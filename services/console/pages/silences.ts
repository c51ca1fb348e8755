import { useState } from 'preact/hooks'
import { type Asked, useConsole } from '../state/console-state.ts'
import { ApiFault, sendJson } from '../state/fetch-json.ts'
import { Body, Frame } from '../view/figure.ts'
import { html } from '../view/html.ts'
import { shortMoment } from '../words/times.ts'
import type { Silence } from './alert-shape.ts'

/** Silences that are not over: what they match, whose they are, and an end to them. */
export function Silences({ asked, again }: { asked: Asked<{ silences: readonly Silence[] }> & { again: () => void }; again: () => void }) {
  const { place, nowMs, reader } = useConsole()
  const [fault, setFault] = useState('')
  const silences = asked.data?.silences ?? []
  const end = async (id: string) => {
    try {
      await sendJson('DELETE', `/v1/silences/${encodeURIComponent(id)}`)
      setTimeout(again, 1_500)
    } catch (error) {
      setFault(error instanceof ApiFault ? error.message : String(error))
    }
  }
  return html`<${Frame} title="Silences" question="What is not told at the moment?">
    <${Body} asked=${asked} isEmpty=${silences.length === 0} empty=${html`<p class="small">None.</p>`}>
      <ul class="calm">${silences.map(
        ({ id, matchers, until, author, comment }) => html`<li>
          <strong>${Object.entries(matchers)
            .map(([name, value]) => `${name} ${value}`)
            .join(', ')}</strong>
          <span class="small"> until ${shortMoment(Date.parse(until), nowMs(), place.zone)}, by ${author}: ${comment}</span>
          ${
            reader.role === 'operator' &&
            html`<button type="button" class="quiet" onClick=${() => void end(id)}>End it<span
            class="visually-hidden">: ${comment}</span></button>`
          }
        </li>`,
      )}</ul>
      ${fault && html`<p class="fault small" role="alert">${fault}</p>`}
    </${Body}>
  </${Frame}>`
}

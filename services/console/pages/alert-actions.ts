import { useState } from 'preact/hooks'
import { useConsole } from '../state/console-state.ts'
import { ApiFault, sendJson } from '../state/fetch-json.ts'
import { type Child, html } from '../view/html.ts'
import type { Alert, Silence } from './alert-shape.ts'

const lengths = [
  ['1', 'an hour'],
  ['4', 'four hours'],
  ['24', 'a day'],
  ['168', 'a week'],
] as const

/** Takes an alert on, or silences it: each with a name and a reason, for whoever looks later. */
export function AlertActions(props: { alert: Alert; silences: readonly Silence[]; again: () => void; children?: Child }) {
  const { alert, silences, again, children } = props
  const [doing, setDoing] = useState<'ack' | 'silence' | undefined>(undefined)
  const [said, setSaid] = useState('')
  const isSilenced = silences.some(({ matchers }) => matches(matchers, alert))
  const done = (text: string) => {
    setDoing(undefined)
    setSaid(text)
    // What is accepted holds within a second.
    setTimeout(again, 1_500)
  }
  const close = () => setDoing(undefined)
  return html`<p class="actions">
      ${children}
      ${
        alert.group_key !== '' &&
        alert.acknowledged_by === '' &&
        html`<button type="button" class="quiet" aria-expanded=${doing === 'ack'}
          onClick=${() => setDoing(doing === 'ack' ? undefined : 'ack')}>Take it on</button>`
      }
      ${
        isSilenced
          ? html`<span class="mark">silenced</span>`
          : html`<button type="button" class="quiet" aria-expanded=${doing === 'silence'}
            onClick=${() => setDoing(doing === 'silence' ? undefined : 'silence')}>Silence</button>`
      }
      <span role="status" class="small">${said}</span>
    </p>
    ${doing !== undefined && html`<${Ask} doing=${doing} alert=${alert} done=${done} close=${close} />`}`
}

function Ask({ doing, alert, done, close }: { doing: 'ack' | 'silence'; alert: Alert; done: (text: string) => void; close: () => void }) {
  const { reader, nowMs } = useConsole()
  const [fault, setFault] = useState('')
  const onSubmit = async (event: SubmitEvent) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget as HTMLFormElement)
    const [author, comment, hours] = ['author', 'comment', 'hours'].map(name => String(data.get(name) ?? '').trim()) as [
      string,
      string,
      string,
    ]
    try {
      if (doing === 'ack')
        await sendJson('POST', '/v1/alerts/acknowledge', { group_key: alert.group_key, author, ...(comment && { comment }) })
      else {
        const until = new Date(nowMs() + Number(hours) * 3_600_000).toISOString()
        await sendJson('POST', '/v1/silences', { matchers: matchersOf(alert), until, author, comment })
      }
      done(doing === 'ack' ? 'Taken on.' : 'Silenced.')
    } catch (error) {
      setFault(error instanceof ApiFault ? error.message : String(error))
    }
  }
  return html`<form class="dialog" onSubmit=${onSubmit}>
    <label>Your name <input name="author" required maxlength="300" value=${reader.name} /></label>
    <label>${doing === 'ack' ? 'What is being done (if you like)' : 'Why'} <input name="comment" required=${doing === 'silence'}
      maxlength="1000" /></label>
    ${
      doing === 'silence' &&
      html`<label>For <select name="hours">${lengths.map(
        ([value, text]) => html`<option
      value=${value}>${text}</option>`,
      )}</select></label>`
    }
    ${fault && html`<p class="fault small" role="alert">${fault}</p>`}
    <p class="actions"><button type="submit" class="main">${doing === 'ack' ? 'Take it on' : 'Silence'}</button><button
      type="button" class="quiet" onClick=${close}>Cancel</button></p>
  </form>`
}

/** What a silence of this very alert matches: its rule and what it watches. */
function matchersOf({ rule, labels }: Alert): Record<string, string> {
  const watched = Object.entries(labels).filter(([name]) => !['owner', 'severity'].includes(name))
  return Object.fromEntries([['rule', rule], ...watched].slice(0, 10))
}

function matches(matchers: Silence['matchers'], { rule, labels }: Alert): boolean {
  const all: Readonly<Record<string, string>> = { rule, ...labels }
  return Object.entries(matchers).every(([name, pattern]) => {
    const parts = pattern.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    return new RegExp(`^${parts.join('.*')}$`, 's').test(all[name] ?? '')
  })
}

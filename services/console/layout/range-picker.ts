import { useRef, useState } from 'preact/hooks'
import { useConsole } from '../state/console-state.ts'
import { goTo } from '../state/navigation.ts'
import { hrefOf, rangeMs } from '../state/place.ts'
import { html } from '../view/html.ts'
import { shortMoment, zoneName } from '../words/times.ts'

const ranges: readonly { from: string; title: string }[] = [
  { from: 'now-15m', title: 'Last 15 minutes' },
  { from: 'now-1h', title: 'Last hour' },
  { from: 'now-6h', title: 'Last 6 hours' },
  { from: 'now-24h', title: 'Last 24 hours' },
  { from: 'now-7d', title: 'Last 7 days' },
  { from: 'now-30d', title: 'Last 30 days' },
]

/** Chooses the range: a usual one, or two moments. */
export function RangePicker() {
  const { place, nowMs } = useConsole()
  const [isCustom, setCustom] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const usual = place.to === 'now' ? ranges.find(({ from }) => from === place.from) : undefined
  const { fromMs, toMs } = rangeMs(place, nowMs())
  const title = usual?.title ?? `${shortMoment(fromMs, nowMs(), place.zone)} – ${shortMoment(toMs, nowMs(), place.zone)}`
  const choose = (value: string) => {
    setCustom(value === 'custom')
    if (value !== 'custom') goTo(hrefOf({ ...place, from: value, to: 'now' }))
  }
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget as HTMLFormElement)
    const [from, to] = [momentOf(data.get('from'), place.zone), momentOf(data.get('to'), place.zone)]
    if (from === undefined || to === undefined || from >= to) return
    setCustom(false)
    goTo(hrefOf({ ...place, from, to }))
  }
  return html`<div class="range">
    <label class="visually-hidden" for="range">Range</label>
    <select id="range" value=${usual?.from ?? 'chosen'} onChange=${(event: Event) => choose((event.target as HTMLSelectElement).value)}>
      ${usual === undefined && html`<option value="chosen" selected>${title}</option>`}
      ${ranges.map(one => html`<option value=${one.from} selected=${one === usual}>${one.title}</option>`)}
      <option value="custom">Choose …</option>
    </select>
    ${
      isCustom &&
      html`<form class="custom" ref=${form} onSubmit=${onSubmit}>
        <label>From <input name="from" type="datetime-local" required value=${inputOf(fromMs, place.zone)} /></label>
        <label>to <input name="to" type="datetime-local" required value=${inputOf(toMs, place.zone)} /></label>
        <span>${zoneName(place.zone)}</span>
        <button type="submit" class="main">Show</button>
        <button type="button" class="quiet" onClick=${() => setCustom(false)}>Cancel</button>
      </form>`
    }
  </div>`
}

function momentOf(value: FormDataEntryValue | null, zone: 'utc' | 'local'): string | undefined {
  const atMs = Date.parse(`${String(value)}${zone === 'utc' ? 'Z' : ''}`)
  return Number.isFinite(atMs) ? new Date(atMs).toISOString().replace('.000Z', 'Z') : undefined
}

function inputOf(atMs: number, zone: 'utc' | 'local'): string {
  const shiftMs = zone === 'utc' ? 0 : new Date(atMs).getTimezoneOffset() * 60_000
  return new Date(atMs - shiftMs).toISOString().slice(0, 16)
}

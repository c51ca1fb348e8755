import type { Asked } from '../state/console-state.ts'
import { useConsole } from '../state/console-state.ts'
import { linkTo, rangeMs } from '../state/place.ts'
import { shortMoment } from '../words/times.ts'
import { type Child, html } from './html.ts'

/** A part of a page with its title, what it asks and what it counts. */
export function Frame(props: {
  title: string
  question?: string
  counts?: string
  size?: string
  tools?: Child
  isStale?: boolean
  children?: Child
}) {
  return html`<section class=${`card ${props.size ?? ''}${props.isStale ? ' is-stale' : ''}`}>
    <header class="card-head">
      <h2>${props.title}</h2>
      <div class="card-tools">${props.tools}</div>
    </header>
    ${(props.question || props.counts) && html`<p class="card-sub">${[props.question, props.counts].filter(Boolean).join(' · ')}</p>`}
    ${props.children}
  </section>`
}

/** What stands in the place of figures: that they are being fetched, why there are none, or the figures. */
export function Body(props: { asked: Asked<unknown> & { again: () => void }; isEmpty: boolean; empty?: Child; children?: Child }) {
  const { asked, isEmpty, empty } = props
  if (asked.data === undefined && asked.fault !== undefined) return html`<${Fault} asked=${asked} />`
  if (asked.data === undefined) return html`<div class="waiting" role="status"><span class="visually-hidden">Loading</span></div>`
  return html`${asked.fault !== undefined && html`<p class="fault small" role="status">These figures are older: ${asked.fault.message}</p>`}
    ${isEmpty ? (empty ?? html`<${Nothing} />`) : props.children}`
}

function Fault({ asked }: { asked: Asked<unknown> & { again: () => void } }) {
  const { fault } = asked
  const help = {
    API_QUERY_TOO_LARGE: 'Choose a shorter range, or a filter.',
    API_QUERY_TOO_LONG: 'Choose a shorter range, or a filter.',
    API_OVERLOADED: 'Too much was asked at once. Try again in a few seconds.',
    API_ROWS_DROPPED: 'Minutes of that time are no longer kept. Choose whole hours.',
    API_UNAUTHENTICATED: 'The session is over. Load the page again to sign in.',
  }[fault?.code ?? '']
  return html`<div class="empty" role="alert">
    <p>${fault?.message}</p>
    ${help && html`<p>${help}</p>`}
    ${fault?.status !== 403 && html`<button type="button" class="quiet" onClick=${asked.again}>Try again</button>`}
  </div>`
}

/** Why there is nothing: nothing came yet, or not in this range, or a filter leaves nothing. */
export function Nothing({ what = 'Nothing' }: { what?: string }) {
  const { place, settledMs, nowMs } = useConsole()
  const filters = Object.values(place.filters).flat()
  const { fromMs, toMs } = rangeMs(place, nowMs())
  if (settledMs === null) {
    return html`<div class="empty"><p>${what} yet: nothing was settled in the last day.</p><p><a
      href=${linkTo(place, 'connect')}>Connect a gateway</a></p></div>`
  }
  const of = filters.length > 0 ? ` for ${filters.join(', ')}` : ''
  const isOlder = settledMs !== undefined && (settledMs <= fromMs || settledMs > toMs)
  return html`<div class="empty">
    <p>${what} from ${shortMoment(fromMs, nowMs(), place.zone)} to ${shortMoment(toMs, nowMs(), place.zone)}${of}.</p>
    ${
      filters.length > 0
        ? html`<p><a href=${linkTo({ ...place, filters: {} }, place.page, { item: place.item })}>Take off the filters</a></p>`
        : isOlder &&
          html`<p><a
            href=${linkTo(place, place.page, { item: place.item, ...lastHourOf(settledMs) })}>Go to the last hour with data</a></p>`
    }
  </div>`
}

function lastHourOf(settledMs: number): { from: string; to: string } {
  return { from: new Date(settledMs - 3_600_000).toISOString(), to: new Date(settledMs).toISOString() }
}

import { useConsole } from '../state/console-state.ts'
import type { Live } from '../state/live.ts'
import { goTo } from '../state/navigation.ts'
import { hrefOf } from '../state/place.ts'
import type { Theme } from '../state/theme.ts'
import { html } from '../view/html.ts'
import { clockText, shortMoment, zoneName } from '../words/times.ts'
import { Chips } from './chips.ts'
import { RangePicker } from './range-picker.ts'

const themes: readonly { theme: Theme; title: string }[] = [
  { theme: 'auto', title: 'As the machine' },
  { theme: 'light', title: 'Light' },
  { theme: 'dark', title: 'Dark' },
]

/** Range, filters, zone, and up to when what is shown is settled. */
export function TopBar(props: { live: Live; look: { theme: Theme; setTheme: (theme: Theme) => void }; signOut: () => Promise<void> }) {
  const { place, reader } = useConsole()
  const { look, signOut, live } = props
  return html`<div class="top-bar">
    <${RangePicker} />
    <${Chips} />
    <span class="spread"></span>
    <${Settled} live=${live} />
    <button
      type="button"
      class="quiet"
      title="Times in UTC or in the zone of this machine"
      onClick=${() => goTo(hrefOf({ ...place, zone: place.zone === 'utc' ? 'local' : 'utc' }), { isReplaced: true })}
    >
      <span class="visually-hidden">Times in </span>${zoneName(place.zone)}
    </button>
    <label class="visually-hidden" for="theme">Look</label>
    <select id="theme" class="quiet" value=${look.theme}
      onChange=${(event: Event) => look.setTheme((event.target as HTMLSelectElement).value as Theme)}>
      ${themes.map(({ theme, title }) => html`<option value=${theme} selected=${theme === look.theme}>${title}</option>`)}
    </select>
    ${
      reader.is_signed_in &&
      html`<button type="button" class="quiet" onClick=${() => void signOut()}>Sign out<span
        class="visually-hidden"> ${reader.name}</span></button>`
    }
  </div>`
}

function Settled({ live }: { live: Live }) {
  const { place, nowMs } = useConsole()
  const { settledMs, isConnected } = live
  const word = isConnected ? 'live' : 'not live'
  const text =
    settledMs === undefined
      ? 'connecting …'
      : settledMs === null
        ? 'nothing settled today'
        : `settled until ${shortMoment(settledMs, nowMs(), place.zone)}`
  const title =
    settledMs == null
      ? word
      : `${word}: figures hold every request that started before ${clockText(settledMs, place.zone)} ${zoneName(place.zone)}`
  return html`<span class=${`settled${isConnected ? ' is-live' : ''}`} title=${title}><span class="dot"
    aria-hidden="true"></span>${text}</span>`
}

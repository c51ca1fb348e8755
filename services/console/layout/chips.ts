import { useConsole } from '../state/console-state.ts'
import { filterNames, hrefOf } from '../state/place.ts'
import { html } from '../view/html.ts'

const titles = { tenant_id: 'tenant', route: 'route', model: 'model', pool: 'pool', provider: 'provider' } as const

/** The filters in force, each with a way out of it. */
export function Chips() {
  const { place } = useConsole()
  const chips = filterNames.flatMap(name => (place.filters[name] ?? []).map(value => ({ name, value })))
  if (chips.length === 0) return null
  return html`<ul class="chips" aria-label="Filters">
    ${chips.map(({ name, value }) => {
      const rest = (place.filters[name] ?? []).filter(one => one !== value)
      const filters = { ...place.filters, [name]: rest }
      return html`<li>
        <span class="chip"><span class="chip-name">${titles[name]}</span> <bdi>${value}</bdi>
          <a href=${hrefOf({ ...place, filters })} aria-label=${`Take off the filter ${titles[name]} ${value}`}>×</a></span>
      </li>`
    })}
  </ul>`
}

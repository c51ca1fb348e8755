import { useAsked, useConsole } from '../state/console-state.ts'
import { filterNames, linkTo, type Place, queryOf } from '../state/place.ts'
import { html } from '../view/html.ts'
import { PanelCard } from './panel-card.ts'
import type { PanelAnswer, PanelMeta } from './panel-shape.ts'

/** A panel of the API. Anything it draws is also there as a table and as CSV. */
export function Panel({ meta, size }: { meta: PanelMeta; size?: string }) {
  const { place, nowMs } = useConsole()
  const path = panelPath(meta, place, nowMs())
  const asked = useAsked<PanelAnswer>(path)
  const more =
    meta.leadsTo !== undefined &&
    meta.leadsTo !== place.page &&
    html`<a class="quiet" href=${linkTo(place, meta.leadsTo)}>More<span class="visually-hidden"> about ${meta.title}</span></a>`
  const csv = html`${more}<a class="quiet" href=${`${path}&format=csv`} download=${`${meta.name}.csv`}
    >CSV<span class="visually-hidden"> of ${meta.title}</span></a
  >`
  return html`<${PanelCard} meta=${meta} asked=${asked} csv=${csv} size=${size} />`
}

/** The path that a panel's rows are asked for with: range and those filters that it knows. */
export function panelPath(meta: PanelMeta, place: Place, nowMs: number): string {
  const known = filterNames.filter(name => meta.variables.includes(name))
  return `/v1/panels/${meta.name}?${queryOf(place, nowMs, known)}`
}

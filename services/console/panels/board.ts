import { useAsked } from '../state/console-state.ts'
import { html } from '../view/html.ts'
import { Panel } from './panel.ts'
import type { PanelList, PanelMeta } from './panel-shape.ts'

/** Kinds that need the whole width, or hardly any. */
const sizes: Readonly<Record<PanelMeta['kind'], string>> = {
  stat: 'is-small',
  line: '',
  area: '',
  bars: '',
  table: 'is-wide',
  heat: 'is-wide',
  flow: 'is-wide',
}

/** The panels of a board, as far as this reader may see them. `without`: panels that the page shows in a way of its own. */
export function BoardOf({ name, without = [], only }: { name: string; without?: readonly string[]; only?: readonly string[] }) {
  const list = useAsked<PanelList>('/v1/panels')
  if (list.data === undefined) {
    if (list.fault !== undefined) return html`<p class="fault small" role="status">Panels cannot be shown: ${list.fault.message}</p>`
    return html`<div class="waiting" role="status"><span class="visually-hidden">Loading</span></div>`
  }
  const board = list.data.boards.find(one => one.name === name)
  const names = only ?? board?.rows.flat() ?? []
  const metas = names.filter(one => !without.includes(one)).flatMap(one => list.data?.panels.find(panel => panel.name === one) ?? [])
  return html`<div class="board">${metas.map(meta => html`<${Panel} key=${meta.name} meta=${meta} size=${sizes[meta.kind]} />`)}</div>`
}

import { useAsked } from '../state/console-state.ts'
import { html } from '../view/html.ts'
import { Panel } from './panel.ts'
import type { PanelList, PanelMeta } from './panel-shape.ts'

/** Widths by how many panels stand in a row. */
const sizes = ['', 'is-wide is-whole', 'is-half', 'is-third', 'is-small'] as const

/** The panels of a board, as far as this reader may see them. `without`: panels that the page shows in a way of its own. */
export function BoardOf({ name, without = [] }: { name: string; without?: readonly string[] }) {
  const list = useAsked<PanelList>('/v1/panels')
  if (list.data === undefined && list.fault !== undefined) {
    return html`<p class="fault small" role="status">Panels cannot be shown: ${list.fault.message}</p>`
  }
  if (list.data === undefined) return html`<div class="waiting" role="status"><span class="visually-hidden">Loading</span></div>`
  return html`<div class="board">
    ${rowsOf(list.data, name, without).flatMap(row =>
      row.map(
        meta => html`<${Panel} key=${meta.name} meta=${meta}
      size=${sizeOf(meta, row)} />`,
      ),
    )}
  </div>`
}

/** Columns of a table that needs the whole width. */
const MANY_COLUMNS = 6

function sizeOf(meta: PanelMeta, row: readonly PanelMeta[]): string {
  const needsAll = ({ kind, columns }: PanelMeta) =>
    kind === 'flow' || kind === 'heat' || (kind === 'table' && columns.length >= MANY_COLUMNS)
  if (needsAll(meta)) return sizes[1]
  return sizes[row.filter(one => !needsAll(one)).length] ?? 'is-third'
}

function rowsOf({ boards, panels }: PanelList, name: string, without: readonly string[]): readonly (readonly PanelMeta[])[] {
  const rows = boards.find(board => board.name === name)?.rows ?? []
  const shown = rows.map(row => row.filter(one => !without.includes(one)))
  return shown.map(row => row.flatMap(one => panels.find(panel => panel.name === one) ?? []))
}

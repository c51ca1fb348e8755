import { useAsked, useConsole } from '../state/console-state.ts'
import { mayRead } from '../state/may-read.ts'
import { html } from '../view/html.ts'
import { Panel } from './panel.ts'
import type { PanelList, PanelMeta } from './panel-shape.ts'
import { ReportPanel, type ReportPanelMeta } from './report-panel.ts'

/** Widths by how many panels stand in a row. */
const sizes = ['', 'is-wide is-whole', '', 'is-third', 'is-small'] as const

/**
 * The panels of a board, as far as this reader may see them, then `more`: panels over reports, without those that stand for a panel of the
 * board.
 */
export function BoardOf({ name, more = [] }: { name: string; more?: readonly ReportPanelMeta[] }) {
  const { reader } = useConsole()
  const list = useAsked<PanelList>('/v1/panels')
  if (list.data === undefined && list.fault === undefined) {
    return html`<div class="waiting" role="status"><span class="visually-hidden">Loading</span></div>`
  }
  const rows = rowsOf(list.data, name)
  const shown = new Set(rows.flat().map(meta => meta.name))
  const others = more.filter(({ standsFor = [], path }) => mayRead(reader, path) && !standsFor.some(one => shown.has(one)))
  return html`${
    list.fault !== undefined &&
    html`<p class="fault small"
    role="status">Some panels cannot be shown: ${list.fault.message}</p>`
  }
    <div class="board">
      ${rows.flatMap(row => row.map(meta => html`<${Panel} key=${meta.name} meta=${meta} size=${sizes[row.length] ?? 'is-third'} />`))}
      ${others.map(meta => html`<${ReportPanel} key=${meta.name} meta=${meta} size=${meta.size ?? ''} />`)}
    </div>`
}

function rowsOf(list: PanelList | undefined, name: string): readonly (readonly PanelMeta[])[] {
  const rows = list?.boards.find(board => board.name === name)?.rows ?? []
  return rows.map(row => row.flatMap(one => list?.panels.find(panel => panel.name === one) ?? []))
}

import { useState } from 'preact/hooks'
import type { Asked } from '../state/console-state.ts'
import { Body, Frame } from '../view/figure.ts'
import { type Child, html } from '../view/html.ts'
import { Drawing } from './drawing.ts'
import type { PanelAnswer, PanelMeta } from './panel-shape.ts'
import { PanelTable } from './panel-table.ts'

/** A panel with its title, its drawing, and the same as a table. `csv`: how its rows are had as a file. */
export function PanelCard(props: {
  meta: PanelMeta
  asked: Asked<PanelAnswer> & { again: () => void }
  csv: Child
  size?: string
  empty?: Child
}) {
  const { meta, asked, csv, size = '' } = props
  const [isTable, setTable] = useState(false)
  const answer = asked.data
  const hidden = html`<span class="visually-hidden"> of ${meta.title}</span>`
  const tools = html`${
    meta.kind !== 'table' &&
    meta.kind !== 'stat' &&
    html`<button type="button" class="quiet" aria-pressed=${isTable} onClick=${() => setTable(!isTable)}>Table${hidden}</button>`
  }${csv}`
  return html`<${Frame}
    title=${meta.title}
    question=${meta.question}
    counts=${meta.counts}
    size=${`${size} kind-${meta.kind}`}
    tools=${tools}
    isStale=${asked.isLoading && answer !== undefined}
  >
    <${Body} asked=${asked} isEmpty=${answer !== undefined && answer.rows.length === 0} empty=${props.empty}>
      ${answer && html`<${isTable ? PanelTable : Drawing} meta=${meta} answer=${answer} />`}
    </${Body}>
  </${Frame}>`
}

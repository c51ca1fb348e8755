import { secondsOf } from '../charts/series.ts'
import { useConsole } from '../state/console-state.ts'
import { linkTo, type Place } from '../state/place.ts'
import { html } from '../view/html.ts'
import { Table, type TableColumn } from '../view/table.ts'
import { momentText } from '../words/times.ts'
import { isNumeric, numberOf } from '../words/units.ts'
import type { PanelAnswer, PanelColumn, PanelMeta, PanelRow } from './panel-shape.ts'

/** The rows of any panel as a table. */
export function PanelTable({ meta, answer }: { meta: PanelMeta; answer: PanelAnswer }) {
  const { place } = useConsole()
  const columns = answer.columns.map(column => columnOf(column, meta, answer.rows, place))
  return html`<${Table} caption=${meta.title} columns=${columns} rows=${answer.rows} first=${12} />`
}

function columnOf(column: PanelColumn, meta: PanelMeta, rows: readonly PanelRow[], place: Place): TableColumn<PanelRow> {
  const value = (row: PanelRow) => row[column.name]
  if (column.role === 'time') {
    return { title: column.title, value, cell: row => momentText(secondsOf(value(row)) * 1000, place.zone) }
  }
  if (column.role === 'value') {
    const unit = column.unit ?? meta.unit
    const areNumbers = isNumeric(unit) && rows.every(row => value(row) === null || numberOf(value(row)) !== undefined)
    return areNumbers
      ? { title: column.title, value, unit, isNumber: true, hasBar: column === meta.columns.find(({ role }) => role === 'value') }
      : { title: column.title, value }
  }
  if (column.name === 'tenant_id' || column.name === 'tenant') {
    const cell = (row: PanelRow) =>
      html`<a href=${linkTo(place, 'tenants', { item: String(value(row) ?? '') })}><bdi>${String(value(row) ?? '')}</bdi></a>`
    return { title: column.title, value, cell }
  }
  return { title: column.title, value }
}

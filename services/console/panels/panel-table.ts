import { secondsOf } from '../charts/series.ts'
import { useConsole } from '../state/console-state.ts'
import { linkTo, type Place } from '../state/place.ts'
import { html } from '../view/html.ts'
import { Table, type TableColumn } from '../view/table.ts'
import { NOTHING } from '../words/numbers.ts'
import { momentText, shortMoment } from '../words/times.ts'
import { isNumeric, numberOf } from '../words/units.ts'
import type { PanelAnswer, PanelColumn, PanelMeta, PanelRow } from './panel-shape.ts'

/** The rows of any panel as a table. */
export function PanelTable({ meta, answer }: { meta: PanelMeta; answer: PanelAnswer }) {
  const { place, nowMs } = useConsole()
  const columns = answer.columns.map(column => columnOf(column, meta, answer.rows, { place, nowMs: nowMs() }))
  return html`<${Table} caption=${meta.title} columns=${columns} rows=${answer.rows} first=${8} />`
}

function columnOf(
  column: PanelColumn,
  meta: PanelMeta,
  rows: readonly PanelRow[],
  at: { place: Place; nowMs: number },
): TableColumn<PanelRow> {
  const { place, nowMs } = at
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
  const isMoment = rows.some(row => ISO.test(String(value(row)))) && rows.every(row => value(row) == null || ISO.test(String(value(row))))
  if (isMoment)
    return {
      title: column.title,
      value,
      cell: row => (value(row) ? shortMoment(Date.parse(String(value(row))), nowMs, place.zone) : NOTHING),
    }
  return { title: column.title, value }
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z$/

import { useState } from 'preact/hooks'
import { numberOf, unitText } from '../words/units.ts'
import { type Child, html } from './html.ts'

/** A column of a table. `bar`: a bar behind the value, in proportion to the most of the column. */
export interface TableColumn<Row> {
  readonly title: string
  readonly value: (row: Row) => unknown
  readonly unit?: string | ((row: Row) => string)
  readonly cell?: (row: Row) => Child
  readonly isNumber?: boolean
  readonly hasBar?: boolean
}

const FIRST = 25

/** Rows in columns that sort; where the screen is narrow each row is a list of names and values. */
export function Table<Row>(props: {
  caption: string
  columns: readonly TableColumn<Row>[]
  rows: readonly Row[]
  first?: number
  sort?: number
}) {
  const { columns, caption } = props
  const [sort, setSort] = useState<{ column: number; isUp: boolean } | undefined>(
    props.sort === undefined ? undefined : { column: props.sort, isUp: false },
  )
  const [isAll, setAll] = useState(false)
  const rows = sorted(props.rows, columns, sort)
  const first = props.first ?? FIRST
  const shown = isAll ? rows : rows.slice(0, first)
  const mosts = columns.map(({ hasBar, value }) => (hasBar ? Math.max(0, ...props.rows.map(row => numberOf(value(row)) ?? 0)) : 0))
  return html`<div class="table-box" tabindex="0" role="region" aria-label=${caption}>
      <table>
        <caption class="visually-hidden">${caption}</caption>
        <thead>
          <tr>
            ${columns.map(
              (column, index) => html`<${Head} column=${column} sort=${sort?.column === index ? sort : undefined}
              onSort=${() => setSort({ column: index, isUp: sort?.column === index ? !sort.isUp : !column.isNumber })} />`,
            )}
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            row =>
              html`<tr>${columns.map(
                (column, index) => html`<${Cell} column=${column} row=${row}
            most=${mosts[index]} isHead=${index === 0} />`,
              )}</tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${
      rows.length > first &&
      html`<p class="more"><button type="button" class="quiet"
      onClick=${() => setAll(!isAll)}>${isAll ? `Show ${first}` : `Show all ${rows.length}`}</button></p>`
    }`
}

function Head<Row>({ column, sort, onSort }: { column: TableColumn<Row>; sort: { isUp: boolean } | undefined; onSort: () => void }) {
  const order = sort === undefined ? undefined : sort.isUp ? 'ascending' : 'descending'
  if (column.title === '') return html`<td></td>`
  return html`<th scope="col" class=${column.isNumber ? 'number' : ''} aria-sort=${order}>
    <button type="button" onClick=${onSort}>${column.title}<span class="sort"
      aria-hidden="true">${sort === undefined ? '' : sort.isUp ? ' ↑' : ' ↓'}</span></button>
  </th>`
}

function Cell<Row>({ column, row, most, isHead }: { column: TableColumn<Row>; row: Row; most: number; isHead: boolean }) {
  const value = column.value(row)
  const unit = typeof column.unit === 'function' ? column.unit(row) : column.unit
  const text = column.cell?.(row) ?? (column.isNumber ? unitText(value, unit) : html`<bdi>${unitText(value, unit ?? 'string')}</bdi>`)
  const share = most > 0 ? Math.max(0, (numberOf(value) ?? 0) / most) * 100 : 0
  const inside = html`${text}${
    column.hasBar &&
    html`<svg class="cell-bar" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true"><rect width=${share} height="3" /></svg>`
  }`
  const kind = `${column.isNumber ? 'number' : ''}${column.hasBar ? ' has-bar' : ''}`
  if (isHead) return html`<th scope="row" class=${kind} data-title=${column.title}>${inside}</th>`
  const exact = column.isNumber && value !== null && value !== undefined ? String(value) : undefined
  return html`<td class=${kind} data-title=${column.title} title=${exact}>${inside}</td>`
}

function sorted<Row>(
  rows: readonly Row[],
  columns: readonly TableColumn<Row>[],
  sort: { column: number; isUp: boolean } | undefined,
): readonly Row[] {
  const column = sort && columns[sort.column]
  if (sort === undefined || column === undefined) return rows
  const sign = sort.isUp ? 1 : -1
  // What is unknown stands last, whichever way.
  return rows.toSorted((one, other) => {
    const [a, b] = [column.value(one), column.value(other)]
    const [x, y] = [numberOf(a), numberOf(b)]
    if (column.isNumber) return x === undefined ? 1 : y === undefined ? -1 : (x - y) * sign
    return String(a ?? '').localeCompare(String(b ?? '')) * sign
  })
}

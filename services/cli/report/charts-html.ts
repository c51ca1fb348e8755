import type { Row } from '../../api/reports/report.ts'
import { escaped } from '../../money/statements/html-text.ts'
import { grouped, groupedDecimal } from '../../platform/text-table.ts'
import type { ReportTables } from './tables.ts'
import { sumsByCurrency } from './totals.ts'

/** Bars of a chart; the rest stands together in one more. */
const MOST_BARS = 8

/** Charts of the report as HTML, bars without a script: cost by tenant and by model, requests by tenant. '' where there is nothing. */
export function chartsHtml({ usage }: ReportTables): string {
  const model = (row: Row) => String(row['response_model'] || row['request_model'] || 'no model')
  const charts = [
    ...costCharts('Cost by tenant', usage, row => String(row['tenant_id'])),
    ...costCharts('Cost by model', usage, model),
    chart(
      'Requests by tenant',
      barsOf(
        usage,
        row => String(row['tenant_id']),
        row => Number(row['requests'] ?? 0),
      ),
      grouped,
    ),
  ]
  return charts.every(one => one === '') ? '' : `<div class="charts">${charts.join('')}</div>`
}

interface Bar {
  name: string
  value: number
}

/** A chart a currency: amounts of two have no common length. */
function costCharts(title: string, usage: readonly Row[], nameOf: (row: Row) => string): string[] {
  return [...Map.groupBy(usage, row => String(row['currency']))].map(([currency, rows]) => {
    const written = new Map(
      [...Map.groupBy(rows, nameOf)].map(([name, own]) => [
        name,
        String(sumsByCurrency(own, { counts: [], amounts: ['list_cost'] })[0]?.['list_cost']),
      ]),
    )
    // The length of a bar needs no exactness; what is written beside it is exact.
    const bars = barsOf(rows, nameOf, row => Number(row['list_cost'] ?? 0)).filter(({ value }) => value > 0)
    return chart(`${title}, ${currency}`, bars, (value, name) => groupedDecimal(written.get(name) ?? value.toFixed(6)))
  })
}

function barsOf(rows: readonly Row[], nameOf: (row: Row) => string, amountOf: (row: Row) => number): Bar[] {
  const sums = new Map<string, number>()
  for (const row of rows) sums.set(nameOf(row), (sums.get(nameOf(row)) ?? 0) + amountOf(row))
  const sorted = [...sums].map(([name, value]) => ({ name, value })).sort((a, b) => b.value - a.value)
  const rest = sorted.slice(MOST_BARS)
  if (rest.length === 0) return sorted
  return [...sorted.slice(0, MOST_BARS), { name: `${rest.length} others`, value: rest.reduce((sum, one) => sum + one.value, 0) }]
}

function chart(title: string, bars: readonly Bar[], written: (value: number, name: string) => string): string {
  if (bars.length === 0) return ''
  const longest = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE)
  const lines = bars.map(({ name, value }) => {
    const width = Math.max(0.5, (100 * value) / longest).toFixed(1)
    const text = `<span title="${escaped(name)}">${escaped(name)}</span>`
    return `<div class="bar">${text}<i style="width:${width}%"></i><b>${escaped(written(value, name))}</b></div>`
  })
  return `<section><h2>${escaped(title)}</h2>${lines.join('')}</section>`
}

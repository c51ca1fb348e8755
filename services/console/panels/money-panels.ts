import { mainCurrency, seriesColumn, timeColumn, usageFilters, valueColumn } from './columns.ts'
import type { PanelRow } from './panel-shape.ts'
import type { ReportPanelMeta } from './report-panel.ts'

const inOneCurrency = (rows: readonly PanelRow[]) => {
  const currency = mainCurrency(rows)
  return rows.filter(row => row['currency'] === currency)
}

/** List cost by what names it, a bar a step. Where there are several currencies the commonest is drawn. */
export const costBy = (group: string, title: string, question: string, currency = 'USD'): ReportPanelMeta => ({
  path: '/v1/usage',
  filters: usageFilters,
  isOverTime: true,
  name: `cost-by-${group.replaceAll('_', '-')}`,
  ...(group === 'tenant_id' && { standsFor: ['spend-in-time'] }),
  title,
  question,
  counts: `${currency} at list prices; without what has no price`,
  kind: 'bars',
  unit: `currency${currency}`,
  groups: [group],
  columns: [timeColumn, seriesColumn(group, title), valueColumn('list_cost', 'List cost', `currency${currency}`)],
  rowsOf: inOneCurrency,
})

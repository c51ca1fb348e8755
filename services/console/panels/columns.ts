import { type FilterName, usualFilters } from '../state/place.ts'
import type { PanelColumn, PanelRow } from './panel-shape.ts'

/** Columns that many panels have. */
export const timeColumn: PanelColumn = { name: 'window_start', title: 'Time', role: 'time' }
export const seriesColumn = (name: string, title: string): PanelColumn => ({ name, title, role: 'series' })
export const labelColumn = (name: string, title: string): PanelColumn => ({ name, title, role: 'label' })
export const valueColumn = (name: string, title: string, unit: string): PanelColumn => ({ name, title, unit, role: 'value' })

/** Filters that reports of usage and latency know. */
export const usageFilters: readonly FilterName[] = usualFilters

/** A quantile of a row's measures, ms; null where nothing was measured. */
export function quantileOf(row: PanelRow, measure: string, quantile: 'p50' | 'p90' | 'p95' | 'p99'): number | null {
  const measured = row[measure] as Readonly<Record<string, number>> | null | undefined
  return measured?.[quantile] ?? null
}

/** Rows with columns that are made of them. */
export function withColumns(make: (row: PanelRow) => PanelRow): (rows: readonly PanelRow[]) => readonly PanelRow[] {
  return rows => rows.map(row => ({ ...row, ...make(row) }))
}

/** A row for each entry of a map in rows, summed over them: the largest first. */
export function entriesOf(rows: readonly PanelRow[], name: string, as: { label: string; value: string }): readonly PanelRow[] {
  const sums = new Map<string, number>()
  for (const row of rows) {
    for (const [key, value] of Object.entries((row[name] ?? {}) as Record<string, number>))
      sums.set(key, (sums.get(key) ?? 0) + Number(value))
  }
  return [...sums]
    .sort(([, one], [, other]) => other - one)
    .map(([key, value]) => ({ [as.label]: key.replaceAll('_', ' '), [as.value]: value }))
}

/** Only rows of the currency in which most rows are: amounts of different ones are never added. */
export function mainCurrency(rows: readonly PanelRow[]): string {
  const counts = Map.groupBy(rows, row => String(row['currency'] ?? ''))
  return [...counts].filter(([currency]) => currency !== '').sort(([, one], [, other]) => other.length - one.length)[0]?.[0] ?? 'USD'
}

import { filterNames, type Place, queryOf } from '../state/place.ts'
import type { PanelRow } from './panel-shape.ts'

/** What a report answers, as far as every one has it. */
export interface ReportAnswer {
  readonly rows: readonly PanelRow[]
}

/** The path of a report about a place, one row for each value of the groups; no group: one in all. */
export function reportPath(path: string, groups: readonly string[], place: Place, nowMs: number): string {
  const query = queryOf(place, nowMs, filterNames)
  query.set('group_by', groups.length === 0 ? 'none' : groups.join(','))
  query.set('limit', '10000')
  return `${path}?${query}`
}

/** A quantile of a row's measures, ms; null where nothing was measured. */
export function quantileOf(row: PanelRow, measure: string, quantile: 'p50' | 'p90' | 'p95' | 'p99'): number | null {
  const measured = row[measure] as Readonly<Record<string, number>> | null | undefined
  return measured?.[quantile] ?? null
}

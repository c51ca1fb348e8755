import { labelColumn, seriesColumn, timeColumn, usageFilters, valueColumn, withColumns } from './columns.ts'
import type { PanelRow } from './panel-shape.ts'
import type { ReportPanelMeta } from './report-panel.ts'

const resilience = { path: '/v1/resilience', filters: usageFilters } as const
const count = (row: PanelRow, name: string) => Number(row[name] ?? 0)

/** Where requests went and how they ended: route, first target, last target, outcome. */
export const flowOfRequests: ReportPanelMeta = {
  ...resilience,
  name: 'flow-of-requests',
  standsFor: ['fallback-flow'],
  size: 'is-wide is-whole',
  title: 'Where requests go',
  question: 'From their route over first and last target to how they ended',
  counts: 'requests',
  kind: 'flow',
  unit: 'short',
  groups: ['route', 'from_upstream', 'to_upstream'],
  columns: [
    labelColumn('route', 'Route'),
    labelColumn('first', 'First target'),
    labelColumn('last', 'Last target'),
    labelColumn('outcome', 'Outcome'),
    valueColumn('requests', 'Requests', 'short'),
  ],
  rowsOf: rows =>
    rows.flatMap(row => {
      const path = { route: row['route'], first: row['from_upstream'], last: row['to_upstream'] }
      const ends = {
        'answered after a retry': count(row, 'recovered_by_retry'),
        'answered by a fallback': count(row, 'recovered_by_fallback'),
        'failed after all': count(row, 'failed_after_all'),
        'failed at once': count(row, 'failed_at_once'),
      }
      const atOnce = count(row, 'requests') - Object.values(ends).reduce((sum, value) => sum + value, 0)
      const all = Object.entries({ 'answered at once': atOnce, ...ends }).filter(([, requests]) => requests > 0)
      return all.map(([outcome, requests]) => ({ ...path, outcome, requests }))
    }),
}

/** How retries multiply the load. */
export const amplification: ReportPanelMeta = {
  ...resilience,
  name: 'amplification-by-route',
  standsFor: ['amplification'],
  title: 'Attempts per request',
  question: 'How much do retries multiply?',
  counts: 'attempts over requests',
  kind: 'line',
  unit: 'short',
  isOverTime: true,
  groups: ['route'],
  thresholds: [
    { at: 1.3, meaning: 'warn' },
    { at: 2, meaning: 'bad' },
  ],
  columns: [timeColumn, seriesColumn('route', 'Route'), valueColumn('amplification', 'Attempts per request', 'short')],
  rowsOf: rows => rows,
}

/** Why first attempts failed. */
export const causes: ReportPanelMeta = {
  ...resilience,
  name: 'causes',
  standsFor: ['retry-causes'],
  title: 'Why attempts were made again',
  question: 'What fails first?',
  counts: 'requests with a further attempt',
  kind: 'bars',
  unit: 'short',
  groups: ['cause'],
  columns: [labelColumn('what', 'Cause'), valueColumn('retried_requests', 'Requests', 'short')],
  rowsOf: rows =>
    withColumns(row => ({ what: String(row['cause'] ?? '').replaceAll('_', ' ') || 'not told' }))(rows)
      .filter(row => count(row, 'retried_requests') > 0)
      .toSorted((one, other) => count(other, 'retried_requests') - count(one, 'retried_requests')),
}

/** What further attempts cost and saved. */
export const rescue: ReportPanelMeta = {
  ...resilience,
  name: 'rescue',
  size: 'is-wide is-whole',
  title: 'What was rescued, what was wasted',
  question: 'By first and last target',
  counts: 'requests with a further attempt',
  kind: 'table',
  unit: 'short',
  groups: ['from_upstream', 'to_upstream'],
  columns: [
    labelColumn('from_upstream', 'First target'),
    labelColumn('to_upstream', 'Last target'),
    valueColumn('retried_requests', 'Tried again', 'short'),
    valueColumn('recovered', 'Rescued', 'short'),
    valueColumn('failed_after_all', 'Failed after all', 'short'),
    valueColumn('added_latency_mean_ms', 'Waited longer', 'ms'),
    valueColumn('wasted_tokens', 'Tokens wasted', 'short'),
  ],
  rowsOf: rows =>
    withColumns(row => ({ recovered: count(row, 'recovered_by_retry') + count(row, 'recovered_by_fallback') }))(rows)
      .filter(row => count(row, 'retried_requests') > 0)
      .toSorted((one, other) => count(other, 'retried_requests') - count(one, 'retried_requests')),
}

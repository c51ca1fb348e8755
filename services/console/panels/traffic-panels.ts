import { entriesOf, labelColumn, quantileOf, seriesColumn, timeColumn, usageFilters, valueColumn, withColumns } from './columns.ts'
import type { ReportPanelMeta } from './report-panel.ts'

const usage = { path: '/v1/usage', filters: usageFilters, isOverTime: true } as const
const latency = { path: '/v1/latency', filters: usageFilters, isOverTime: true } as const

/** Requests by what names them: who sends them, or which model they ask for. */
export const requestsBy = (group: string, title: string, question: string): ReportPanelMeta => ({
  ...usage,
  name: `requests-by-${group.replaceAll('_', '-')}`,
  title,
  question,
  counts: 'requests',
  kind: 'bars',
  unit: 'short',
  groups: [group],
  columns: [timeColumn, seriesColumn(group, title), valueColumn('requests', 'Requests', 'short')],
  rowsOf: rows => rows,
})

/** Whether requests were answered. */
export const outcomes: ReportPanelMeta = {
  ...latency,
  name: 'outcomes',
  standsFor: ['requests-and-failures'],
  title: 'Outcomes',
  question: 'Are users served?',
  counts: 'requests that were not answered, by reason',
  kind: 'bars',
  unit: 'short',
  groups: [],
  columns: [timeColumn, seriesColumn('reason', 'Reason'), valueColumn('requests', 'Requests', 'short')],
  rowsOf: rows =>
    rows.flatMap(({ window_start, errors_by_class }) =>
      Object.entries((errors_by_class ?? {}) as Record<string, number>).map(([reason, requests]) => ({
        window_start,
        reason: reason.replaceAll('_', ' '),
        requests,
      })),
    ),
}

/** Why requests were not answered, in all. */
export const reasons: ReportPanelMeta = {
  ...outcomes,
  standsFor: [],
  name: 'reasons',
  title: 'Why requests failed',
  question: 'Whose fault?',
  counts: 'requests',
  isOverTime: false,
  columns: [labelColumn('reason', 'Reason'), valueColumn('requests', 'Requests', 'short')],
  rowsOf: rows => entriesOf(rows, 'errors_by_class', { label: 'reason', value: 'requests' }),
}

const quantiles = (measure: string) =>
  withColumns(row => ({ median: quantileOf(row, measure, 'p50'), p95: quantileOf(row, measure, 'p95') }))

/** How long until the first token. */
export const firstToken: ReportPanelMeta = {
  ...latency,
  name: 'first-token',
  standsFor: ['first-token-time'],
  title: 'Time to first token',
  question: 'Is it slow for users?',
  counts: 'streamed requests',
  kind: 'line',
  unit: 'ms',
  groups: [],
  columns: [timeColumn, valueColumn('p95', '95 of 100 within', 'ms'), valueColumn('median', 'half within', 'ms')],
  rowsOf: quantiles('ttft_ms'),
}

/** How long until the answer is whole. */
export const duration: ReportPanelMeta = {
  ...firstToken,
  standsFor: ['answer-time'],
  name: 'duration',
  title: 'Time to the whole answer',
  question: 'How long do answers take?',
  counts: 'requests',
  rowsOf: quantiles('duration_ms'),
}

/** How long answers take, 95 of 100, by what names them. */
export const durationBy = (group: string, title: string): ReportPanelMeta => ({
  ...latency,
  name: `duration-by-${group.replaceAll('_', '-')}`,
  title,
  question: 'Where is it slow?',
  counts: '95 of 100 requests within',
  kind: 'line',
  unit: 'ms',
  groups: [group],
  columns: [timeColumn, seriesColumn(group, title), valueColumn('p95', '95 of 100 within', 'ms')],
  rowsOf: quantiles('duration_ms'),
})

/** How smoothly answers stream. */
export const perToken: ReportPanelMeta = {
  ...firstToken,
  standsFor: ['streaming'],
  name: 'per-token',
  title: 'Time per output token',
  question: 'Do answers stream smoothly?',
  rowsOf: quantiles('tpot_ms'),
}

/** What tokens are, by kind: parts that add up. */
export const tokensByKind: ReportPanelMeta = {
  ...usage,
  name: 'tokens-of-kinds',
  standsFor: ['tokens-by-kind'],
  title: 'Tokens by kind',
  question: 'What is consumed?',
  counts: 'tokens of attempts',
  kind: 'bars',
  unit: 'short',
  groups: [],
  columns: [timeColumn, seriesColumn('kind', 'Kind'), valueColumn('tokens', 'Tokens', 'short')],
  rowsOf: rows =>
    rows.flatMap(row => {
      const number = (name: string) => Number(row[name] ?? 0)
      const { window_start } = row
      const [cached, written, reasoning] = [number('cached_input_tokens'), number('cache_write_tokens'), number('reasoning_tokens')]
      return [
        { window_start, kind: 'input, fresh', tokens: number('input_tokens') - cached - written },
        { window_start, kind: 'input, from a cache', tokens: cached },
        { window_start, kind: 'input, into a cache', tokens: written },
        { window_start, kind: 'output', tokens: number('output_tokens') - reasoning },
        { window_start, kind: 'output, reasoning', tokens: reasoning },
      ].filter(({ tokens }) => tokens > 0)
    }),
}

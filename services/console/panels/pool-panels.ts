import { quantileOf, seriesColumn, timeColumn, valueColumn, withColumns } from './columns.ts'
import type { PanelColumn } from './panel-shape.ts'
import type { ReportPanelMeta } from './report-panel.ts'

const pool = {
  path: '/v1/saturation',
  filters: ['tenant_id', 'pool', 'model'],
  isOverTime: true,
  groups: ['pool'],
  kind: 'line',
} as const
const columnsOf = (value: PanelColumn) => [timeColumn, seriesColumn('pool', 'Pool'), value]

/** Panels of pools, in the order of their page. */
export const poolPanels: readonly ReportPanelMeta[] = [
  {
    ...pool,
    name: 'pool-fullness',
    standsFor: ['pool-saturation'],
    title: 'How full',
    question: 'Which pool is tight?',
    counts: 'the fullest of slots, cache and queue; 1 is full',
    unit: 'percentunit',
    thresholds: [
      { at: 0.8, meaning: 'warn' },
      { at: 1, meaning: 'bad' },
    ],
    columns: columnsOf(valueColumn('saturation', 'How full', 'percentunit')),
    rowsOf: rows => rows,
  },
  {
    ...pool,
    name: 'pool-waiting',
    title: 'Requests that wait',
    question: 'Is there a queue?',
    counts: 'requests, mean of readings',
    unit: 'short',
    columns: columnsOf(valueColumn('waiting', 'Waiting', 'short')),
    rowsOf: rows => rows,
  },
  {
    ...pool,
    name: 'pool-queue-time',
    title: 'Time in the queue',
    question: 'How long do they wait?',
    counts: 'requests, mean',
    unit: 'ms',
    columns: columnsOf(valueColumn('queue_ms', 'Time in the queue', 'ms')),
    rowsOf: rows => rows,
  },
  {
    ...pool,
    name: 'pool-running',
    title: 'Requests that run',
    question: 'Is it busy, or stuck?',
    counts: 'requests, mean of readings',
    unit: 'short',
    columns: columnsOf(valueColumn('running', 'Running', 'short')),
    rowsOf: rows => rows,
  },
  {
    ...pool,
    name: 'pool-kv',
    title: 'Key-value cache in use',
    question: 'Does memory run out?',
    counts: 'share of blocks, mean of readings',
    unit: 'percentunit',
    columns: columnsOf(valueColumn('kv_cache_use_ratio', 'In use', 'percentunit')),
    rowsOf: rows => rows,
  },
  {
    ...pool,
    name: 'pool-output',
    title: 'Output',
    question: 'Does it still deliver?',
    counts: 'output tokens per second',
    unit: 'reqps',
    columns: columnsOf(valueColumn('output_tokens_per_s', 'Tokens', 'reqps')),
    rowsOf: rows => rows,
  },
]

const provider = { path: '/v1/providers', filters: ['tenant_id', 'provider'], isOverTime: true, groups: ['provider'] } as const

/** Panels of upstreams, providers and pools alike. */
export const providerPanels: readonly ReportPanelMeta[] = [
  {
    ...provider,
    name: 'provider-failures',
    standsFor: ['provider-health'],
    size: 'is-wide is-whole',
    title: 'Failed attempts',
    question: 'Who is ill, since when?',
    counts: 'share of attempts; hatched: no traffic',
    kind: 'heat',
    unit: 'percentunit',
    columns: [timeColumn, seriesColumn('provider', 'Upstream'), valueColumn('failed', 'Failed', 'percentunit')],
    rowsOf: withColumns(row => ({ failed: row['success_ratio'] === null ? null : 1 - Number(row['success_ratio']) })),
  },
  {
    ...provider,
    name: 'provider-attempts',
    title: 'Attempts',
    question: 'Where does traffic go?',
    counts: 'attempts',
    kind: 'bars',
    unit: 'short',
    columns: [timeColumn, seriesColumn('provider', 'Upstream'), valueColumn('attempts', 'Attempts', 'short')],
    rowsOf: rows => rows,
  },
  {
    ...provider,
    name: 'provider-first-token',
    title: 'Time to first token',
    question: 'Who is slow?',
    counts: '95 of 100 streamed attempts within',
    kind: 'line',
    unit: 'ms',
    columns: [timeColumn, seriesColumn('provider', 'Upstream'), valueColumn('p95', '95 of 100 within', 'ms')],
    rowsOf: withColumns(row => ({ p95: quantileOf(row, 'ttft_ms', 'p95') })),
  },
]

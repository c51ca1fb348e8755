import { type TextColumn, textTable } from '../platform/text-table.ts'
import type { ApiRow, Figures } from './figures.ts'
import type { Message } from './on-call.ts'

/** What is going on in the demo. */
export interface Situation {
  headline: string
  phase: { name: string; sentence: string } | undefined
  apiUrl: string
  ingestUrl: string
  linesSent: number
  /** What people were told, the latest last. */
  told: readonly Pick<Message, 'atMs' | 'text' | 'to'>[]
  upMs: number
}

const text = (name: string, heading = name): TextColumn => ({ heading, cell: row => row[name] as string | number | null })
const fixed = (name: string, digits: number, heading = name): TextColumn => ({
  heading,
  cell: row => (row[name] === null || row[name] === undefined ? null : Number(row[name]).toFixed(digits)),
})
const p95 = (name: string, heading: string): TextColumn => ({
  heading,
  cell: row => {
    const quantiles = row[name] as { p95: number } | null | undefined
    return quantiles ? Math.round(quantiles.p95) : null
  },
})

const tenantColumns = [
  text('tenant_id', 'tenant'),
  text('requests'),
  text('attempts_reported', 'attempts'),
  text('input_tokens', 'input tok'),
  text('output_tokens', 'output tok'),
  fixed('list_cost', 4, 'list cost USD'),
  text('unpriced_tokens', 'unpriced tok'),
  p95('ttft_ms', 'ttft p95 ms'),
  p95('duration_ms', 'total p95 ms'),
]
const poolColumns = [
  text('pool'),
  fixed('running', 1),
  fixed('waiting', 1),
  fixed('kv_cache_use_ratio', 2, 'kv use'),
  text('preemptions'),
  fixed('saturation', 2),
  text('state'),
  fixed('minutes_to_saturation', 1, 'min to saturation'),
  fixed('queue_ms', 0, 'queue ms'),
  fixed('output_tokens_per_s', 0, 'out tok/s'),
]
const resilienceColumns = [
  text('route'),
  text('from_upstream', 'from'),
  text('to_upstream', 'to'),
  text('requests'),
  fixed('amplification', 2),
  text('recovered_by_retry', 'by retry'),
  text('recovered_by_fallback', 'by fallback'),
  text('failed_after_all', 'failed after all'),
  text('wasted_tokens', 'wasted tok'),
  text('collateral_tokens', 'collateral tok'),
]

/** The demo's screen as lines of text. */
export function screenLines(situation: Situation, figures: Figures): readonly string[] {
  const quantiles = new Map(figures.latency.map(row => [row['tenant_id'], row]))
  const tenants = figures.tenants.map(
    (row): ApiRow => ({
      ...row,
      ttft_ms: quantiles.get(row['tenant_id'])?.['ttft_ms'],
      duration_ms: quantiles.get(row['tenant_id'])?.['duration_ms'],
    }),
  )
  const furtherAttempts = figures.resilience.filter(row => Number(row['retried_requests']) > 0)
  return [
    situation.headline,
    `CONSOLE ${situation.apiUrl}/ (in a browser)   ingest ${situation.ingestUrl}   Ctrl-C stops everything`,
    situation.phase ? `>> ${situation.phase.name}: ${situation.phase.sentence}` : '',
    '',
    'TENANTS, last 5 minutes',
    ...textTable(tenantColumns, tenants),
    '',
    'POOLS, last 2 minutes',
    ...textTable(poolColumns, figures.pools),
    '',
    'RETRIES AND FALLBACKS, last 5 minutes',
    ...(furtherAttempts.length === 0 ? ['none'] : textTable(resilienceColumns, furtherAttempts)),
    '',
    'ON-CALL WAS TOLD, the last message',
    ...toldLines(situation),
    '',
    completenessLine(situation, figures.completeness),
  ]
}

/** Lines of a message that fit beside the figures. */
const MOST_TOLD_LINES = 8

function toldLines({ told }: Situation): readonly string[] {
  const last = told.findLast(({ to }) => to === 'on-call')
  if (last === undefined) return ['nothing: all is well']
  const lines = last.text.split('\n').slice(0, MOST_TOLD_LINES)
  return [`${new Date(last.atMs).toISOString().slice(11, 19)}Z  ${lines[0]}`, ...lines.slice(1).map(line => `    ${line}`)]
}

function completenessLine(situation: Situation, row: ApiRow): string {
  const number = (name: string) => Number(row[name] ?? 0).toLocaleString('en-US')
  const balance = (row['balance'] as readonly { is_balanced: boolean }[] | null) ?? []
  const isBalanced = balance.every(partition => partition.is_balanced)
  return (
    `COMPLETENESS  ${situation.linesSent.toLocaleString('en-US')} lines sent, ${number('lines')} accounted for, ${number('requests')} ` +
    `requests, ${number('attempts')} attempts (+${number('unseen_attempts')} unseen), ` +
    `${number('dead_letters')} dead letters, ${number('conflicts')} conflicts, ${number('settled_windows')} minutes settled, books ` +
    `${isBalanced ? 'balance' : 'are being caught up'}`
  )
}

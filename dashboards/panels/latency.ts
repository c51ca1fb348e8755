/** Panels of how long users wait: quantiles of merged states, never means. */
import { asRows, figure, inTime, labelled, text } from '../define.ts'
import type { Panel } from '../panel.ts'

const common = { audience: 'tenant', variables: ['tenant_id', 'route', 'model'] } as const
const line = inTime('line', common)
const [table, bars] = [asRows('table', common), asRows('bars', common)]
const requests = figure('requests', 'Requests')
const firstToken = figure('ttft_p95', 'First token p95', 'ms')
const nextToken = figure('tpot_p95', 'Further token p95', 'ms')
const lastByte = figure('duration_p95', 'Last byte p95', 'ms')
const half = figure('ttft_p50', 'First token p50', 'ms')

export const latencyPanels: readonly Panel[] = [
  line('first-token-time', {
    ...{ title: 'Time to first token', question: 'Is it slow for users?', counts: 'requests that stream', unit: 'ms', leadsTo: 'latency' },
  }),
  line('duration', { title: 'Time to last byte', question: 'How long does a whole answer take?', counts: 'requests', unit: 'ms' }),
  line('token-pace', {
    ...{ title: 'Time per further token', question: 'Is streaming smooth?', counts: 'p95 of requests that stream, by model', unit: 'ms' },
  }),
  line('first-token-by-route', {
    ...{ title: 'First token by route', question: 'Which route is slow?', counts: 'p95 of requests that stream, by route', unit: 'ms' },
  }),
  line('queue-time', {
    ...{ title: 'Waiting before the upstream', question: 'Is it our queue?', counts: 'p95 of requests, by upstream', unit: 'ms' },
    leadsTo: 'pools',
  }),
  table(
    'wait-by-priority',
    [text('priority', 'Priority'), requests, figure('success_ratio', 'Answered', 'percentunit'), half, firstToken, lastByte],
    { title: 'Classes of users', question: 'For whom is it slow?', counts: 'requests; of fewer than 20 no quantile' },
  ),
  table(
    'slowest',
    [
      ...[text('route', 'Route'), text('model', 'Model'), text('upstream', 'Upstream'), requests],
      ...[firstToken, nextToken, figure('queue_p95', 'Queue p95', 'ms'), lastByte],
    ],
    { title: 'Slowest', question: 'What do the slow ones share?', counts: 'requests; of fewer than 20 no quantile', leadsTo: 'providers' },
  ),
  bars('errors-by-class', labelled('Error class', 'Requests'), {
    ...{ title: 'Why requests failed', question: 'What do users see instead of an answer?', counts: 'requests', leadsTo: 'fallbacks' },
  }),
  table('tenants-wait', [text('tenant_id', 'Tenant'), requests, figure('failed_requests', 'Not answered'), half, firstToken], {
    title: 'Tenants by failures',
    question: 'Who is served badly?',
    counts: 'requests; of fewer than 20 no quantile',
    leadsTo: 'latency',
  }),
  table(
    'price-and-speed',
    [
      ...[text('model', 'Model'), text('upstream', 'Upstream'), requests],
      ...[figure('cost_per_million_output_tokens', 'Per 1M output tokens', 'currencyUSD'), firstToken, nextToken],
    ],
    { title: 'Price and speed', question: 'Where is it better?', counts: 'requests; list price with input, USD', leadsTo: 'rollouts' },
  ),
]

/** Panels of self-hosted pools. What model servers count is of all tenants. */
import { asRows, figure, inTime, text, worseFrom } from '../define.ts'
import type { Panel } from '../panel.ts'

const common = { audience: 'operator', variables: ['pool', 'model'] } as const
const [line, bars] = [inTime('line', common), inTime('bars', common)]
const byTenant = inTime('area', { audience: 'operator', variables: ['pool', 'tenant_id'] })
const ofMoney = { audience: 'operator', variables: ['pool'] } as const

export const poolPanels: readonly Panel[] = [
  asRows('table', common)(
    'pool-fill',
    [
      ...[text('pool', 'Pool'), text('model', 'Model'), figure('seconds_to_full', 'Full in', 's')],
      ...[
        figure('saturation_max', 'Saturation, most', 'percentunit'),
        figure('waiting', 'Waiting, mean'),
        figure('queue_ms', 'Wait, mean', 'ms'),
      ],
      ...[figure('kv_cache_use_ratio_max', 'KV cache, most', 'percentunit'), figure('preemptions', 'Preemptions')],
    ],
    {
      ...{ title: 'Pools by time to full', question: 'Which pool fills first?', counts: 'requests in model servers' },
      leadsTo: 'pools',
    },
  ),
  line('pool-saturation', {
    ...{ title: 'Saturation', question: 'How full are the pools?', counts: '1: waiting grows without bound', unit: 'percentunit' },
    ...{ thresholds: worseFrom(0.8, 1), leadsTo: 'pools' },
  }),
  line('pool-queue', {
    ...{ title: 'Queue time', question: 'How long do requests wait?', counts: 'requests that finished, their mean', unit: 'ms' },
  }),
  line('pool-load', {
    ...{ title: 'Running and waiting', question: 'Stuck or busy?', counts: 'requests, means over minutes', unit: 'short' },
  }),
  line('pool-kv-cache', {
    ...{ title: 'KV cache', question: 'Is memory full soon?', counts: 'the fullest model server', unit: 'percentunit' },
    thresholds: worseFrom(0.9, 0.98),
  }),
  bars('pool-preemptions', {
    ...{ title: 'Preemptions', question: 'Are requests put back for want of memory?', counts: 'requests per step', unit: 'short' },
  }),
  line('pool-prefix-cache', {
    ...{ title: 'Prefix cache', question: 'Do we route to warm caches?', counts: 'prompt tokens found in the cache, of all' },
    unit: 'percentunit',
  }),
  line('pool-tokens', {
    ...{
      title: 'Tokens a second',
      question: 'Does more arrive than is served?',
      counts: 'tokens a second, means over minutes',
      unit: 'short',
    },
  }),
  byTenant('pool-shares', {
    ...{
      title: 'Who holds the pools',
      question: 'Whose load is it?',
      counts: 'tokens per step',
      unit: 'short',
      top: 7,
      leadsTo: 'tenants',
    },
  }),
  inTime('area', ofMoney)('pool-busy-idle', {
    ...{ title: 'Busy and idle', question: 'Do we use what we rent?', counts: 'cost per step, USD', unit: 'currencyUSD', leadsTo: 'pools' },
  }),
  asRows('table', ofMoney)(
    'pool-cost',
    [
      ...[text('pool', 'Pool'), text('currency', 'Currency'), figure('cost', 'Cost'), figure('utilisation_ratio', 'Worked', 'percentunit')],
      ...[figure('cost_per_million_tokens', 'Per 1M tokens'), figure('compared_cost_per_million_tokens', 'At the provider compared')],
    ],
    { title: 'Cost of pools', question: 'What does a token of ours cost?', counts: 'cost as published, in the currency of the row' },
  ),
]

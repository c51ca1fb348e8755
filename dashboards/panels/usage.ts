/** Panels of who uses what, and what it costs at list price. Amounts of other currencies are in none of them. */
import { asRows, betterFrom, figure, inTime, text, worseFrom } from '../define.ts'
import type { Panel } from '../panel.ts'

const common = { audience: 'tenant', variables: ['tenant_id', 'route', 'model'] } as const
const [line, area, bars] = [inTime('line', common), inTime('area', common), inTime('bars', common)]
const [stat, table] = [asRows('stat', common), asRows('table', common)]
const tenant = text('tenant_id', 'Tenant')
const model = text('model', 'Model')
const requests = figure('requests', 'Requests')
const answered = figure('success_ratio', 'Answered', 'percentunit')
const perThousand = figure('cost_per_1000_answers', 'Per 1,000 answers', 'currencyUSD')

export const usagePanels: readonly Panel[] = [
  stat('promise-kept', [figure('value', 'Answered', 'percentunit'), requests, figure('successful_requests', 'Answered well')], {
    ...{ title: 'Answered', question: 'Are users served?', counts: 'requests answered well, of all' },
    ...{ unit: 'percentunit', thresholds: betterFrom(0.95, 0.99), leadsTo: 'alerts' },
  }),
  bars('requests-and-failures', {
    ...{ title: 'Requests', question: 'How many requests were answered, and how many were not?', counts: 'requests', unit: 'short' },
    leadsTo: 'fallbacks',
  }),
  area('spend-in-time', {
    ...{ title: 'Spend by tenant', question: 'When did the spend change, and whose?', counts: 'list price per step, USD' },
    ...{ unit: 'currencyUSD', top: 7, leadsTo: 'cost' },
  }),
  area('spend-by-model', {
    ...{ title: 'Spend by model', question: 'Which models does the money go to?', counts: 'list price per step, USD' },
    ...{ unit: 'currencyUSD', top: 7, leadsTo: 'cost' },
  }),
  area('tokens-by-kind', {
    title: 'Tokens by kind',
    question: 'What is consumed: fresh input, cached input, output or reasoning?',
    ...{ counts: 'tokens per step', unit: 'short' },
  }),
  table(
    'who-spends',
    [
      ...[tenant, figure('cost', 'List price', 'currencyUSD'), requests, answered, perThousand],
      ...[figure('cached_ratio', 'Input from cache', 'percentunit'), figure('unpriced_attempts', 'Unpriced attempts')],
    ],
    {
      title: 'Tenants by spend',
      question: 'Which tenants drive the spend, and how well are they served?',
      ...{ counts: 'requests; list price, USD', leadsTo: 'tenants' },
    },
  ),
  line('unit-cost', {
    ...{ title: 'Unit cost', question: 'Is an answer getting dearer?', counts: 'list price of 1,000 answered requests, USD' },
    unit: 'currencyUSD',
  }),
  table(
    'unpriced',
    [
      ...[tenant, model, text('upstream', 'Upstream'), figure('unpriced_attempts', 'Without a price')],
      ...[figure('unpriced_tokens', 'Their tokens'), figure('missing_usage_attempts', 'Usage missing')],
      ...[figure('contradictory_usage_attempts', 'Usage contradicts itself'), figure('unseen_attempts', 'Only counted by the gateway')],
      figure('other_currency_attempts', 'In another currency'),
    ],
    {
      title: 'Not in the cost',
      question: 'What has no price, and why? None of it is free.',
      ...{ counts: 'attempts; tokens', leadsTo: 'pipeline' },
    },
  ),
  line('usage-missing', {
    ...{ title: 'Usage missing', question: 'Can it be billed?', counts: 'attempts without usage that can be true, of all' },
    ...{ unit: 'percentunit', thresholds: worseFrom(0.01, 0.05) },
  }),
  table(
    'movers',
    [
      ...[tenant, model, figure('cost', 'Cost', 'currencyUSD'), figure('cost_before', 'Before', 'currencyUSD')],
      ...[figure('difference', 'Difference', 'currencyUSD'), figure('change', 'Change', 'percentunit')],
      ...[requests, figure('requests_before', 'Requests before')],
    ],
    {
      title: 'Movers',
      question: 'Who costs more or less than in the same time before?',
      counts: 'list price, USD, in this time and in the one of the same length before it',
      leadsTo: 'tenants',
    },
  ),
  table(
    'swapped-models',
    [
      text('asked', 'Asked for'),
      text('answered', 'Answered'),
      text('upstream', 'Upstream'),
      requests,
      figure('successful_requests', 'Well'),
    ],
    { title: 'Other model answered', question: 'Did another model answer than was asked for?', counts: 'requests', leadsTo: 'rollouts' },
  ),
  line('cached-input', {
    ...{ title: 'Input from cache', question: 'Does caching pay?', counts: 'input tokens read from the cache, of all' },
    unit: 'percentunit',
  }),
  area('model-mix', {
    ...{ title: 'Models that answer', question: 'Does traffic move to another model?', counts: 'requests per step', unit: 'short', top: 7 },
  }),
  area('upstream-mix', {
    ...{ title: 'Upstreams that answer', question: 'Does traffic move to another pool or provider?', counts: 'requests per step' },
    ...{ unit: 'short', top: 7 },
  }),
  table(
    'versions',
    [
      ...[text('route', 'Route'), model, text('upstream', 'Upstream'), requests, answered, perThousand],
      figure('output_tokens_per_answer', 'Output tokens per answer'),
    ],
    {
      title: 'Models side by side',
      question: 'Is the new one better than the old one?',
      ...{ counts: 'requests by route; list price, USD', leadsTo: 'latency' },
    },
  ),
  table(
    'promises-by-route',
    [
      ...[text('route', 'Route'), requests, figure('failed_requests', 'Not answered'), answered],
      figure('budget_used', 'Of 1 in 100 used', 'percentunit'),
    ],
    {
      title: 'Promise by route',
      question: 'Which promise is at risk? Of 100 requests one may fail.',
      ...{ counts: 'requests', leadsTo: 'fallbacks' },
    },
  ),
]

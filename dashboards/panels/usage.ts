/** Panels of who uses what, and what it costs at list price. */
import { type Panel, timeSeries } from '../panel.ts'

const byTenant = { audience: 'tenant', variables: ['tenant_id', 'route', 'model'] } as const

export const usagePanels: readonly Panel[] = [
  {
    name: 'spend-in-time',
    title: 'Spend',
    question: 'When did the spend change, and whose?',
    counts: 'list price, USD',
    kind: 'area',
    unit: 'currencyUSD',
    ...byTenant,
    columns: timeSeries,
    leadsTo: 'cost',
  },
  {
    name: 'tokens-by-kind',
    title: 'Tokens by kind',
    question: 'What is consumed: fresh input, cached input, output or reasoning?',
    counts: 'tokens',
    kind: 'area',
    unit: 'short',
    ...byTenant,
    columns: timeSeries,
  },
  {
    name: 'requests-and-failures',
    title: 'Requests',
    question: 'How many requests were answered, and how many were not?',
    counts: 'requests',
    kind: 'bars',
    unit: 'short',
    ...byTenant,
    columns: timeSeries,
  },
  {
    name: 'promise-kept',
    title: 'Answered',
    question: 'Are users served?',
    counts: 'requests answered well, of all',
    kind: 'stat',
    unit: 'percentunit',
    ...byTenant,
    columns: [
      { name: 'value', title: 'Answered', role: 'value' },
      { name: 'requests', title: 'Requests', role: 'value', unit: 'short' },
    ],
    thresholds: [
      { at: 0, meaning: 'bad' },
      { at: 0.95, meaning: 'warn' },
      { at: 0.99, meaning: 'good' },
    ],
    leadsTo: 'alerts',
  },
  {
    name: 'who-spends',
    title: 'Tenants by spend',
    question: 'Which tenants drive the spend, and how well are they served?',
    counts: 'requests; list price, USD',
    kind: 'table',
    unit: 'short',
    ...byTenant,
    columns: [
      { name: 'tenant_id', title: 'Tenant', role: 'label' },
      { name: 'cost', title: 'List price', role: 'value', unit: 'currencyUSD' },
      { name: 'requests', title: 'Requests', role: 'value', unit: 'short' },
      { name: 'success_ratio', title: 'Answered', role: 'value', unit: 'percentunit' },
      { name: 'cost_per_1000_answers', title: 'Per 1,000 answers', role: 'value', unit: 'currencyUSD' },
      { name: 'cached_ratio', title: 'Input from cache', role: 'value', unit: 'percentunit' },
      { name: 'unpriced_attempts', title: 'Unpriced attempts', role: 'value', unit: 'short' },
    ],
    leadsTo: 'tenants',
  },
]

/** Panels of retries and fallbacks. */
import { type Panel, timeSeries } from '../panel.ts'

const byRoute = { audience: 'tenant', variables: ['tenant_id', 'route'] } as const

export const fallbackPanels: readonly Panel[] = [
  {
    name: 'fallback-flow',
    title: 'Where requests went',
    question: 'Where does each route send its requests, and how do they end?',
    counts: 'requests',
    kind: 'flow',
    unit: 'short',
    ...byRoute,
    columns: [
      { name: 'source', title: 'From', role: 'label' },
      { name: 'target', title: 'To', role: 'label' },
      { name: 'value', title: 'Requests', role: 'value' },
    ],
  },
  {
    name: 'amplification',
    title: 'Amplification',
    question: 'How many attempts does a request cost us?',
    counts: 'attempts by request, as gateways count them',
    kind: 'line',
    unit: 'short',
    ...byRoute,
    columns: timeSeries,
    thresholds: [
      { at: 0, meaning: 'good' },
      { at: 1.3, meaning: 'warn' },
      { at: 2, meaning: 'bad' },
    ],
    leadsTo: 'fallbacks',
  },
]

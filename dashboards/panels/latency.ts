/** Panels of how long users wait. */
import { type Panel, timeSeries } from '../panel.ts'

export const latencyPanels: readonly Panel[] = [
  {
    name: 'first-token-time',
    title: 'Time to first token',
    question: 'Is it slow for users?',
    counts: 'requests that stream',
    kind: 'line',
    unit: 'ms',
    audience: 'tenant',
    variables: ['tenant_id', 'route', 'model'],
    columns: timeSeries,
    leadsTo: 'latency',
  },
]

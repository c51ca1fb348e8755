/** Panels of external providers. */
import { type Panel, timeSeries } from '../panel.ts'

export const providerPanels: readonly Panel[] = [
  {
    name: 'provider-health',
    title: 'Failed attempts by provider',
    question: 'Who is ill, and since when?',
    counts: 'attempts that failed, of all',
    kind: 'heat',
    unit: 'percentunit',
    audience: 'operator',
    variables: ['provider'],
    columns: timeSeries,
    leadsTo: 'providers',
  },
  {
    name: 'attempt-causes',
    title: 'Why attempts fail',
    question: 'Is it the limit, the time, the network or the provider?',
    counts: 'attempts',
    kind: 'bars',
    unit: 'short',
    audience: 'operator',
    variables: ['provider'],
    columns: [
      { name: 'label', title: 'Error class', role: 'label' },
      { name: 'value', title: 'Attempts', role: 'value' },
    ],
  },
]

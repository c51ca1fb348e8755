/** Panels of self-hosted pools. */
import { type Panel, timeSeries } from '../panel.ts'

export const poolPanels: readonly Panel[] = [
  {
    name: 'pool-saturation',
    title: 'Saturation',
    question: 'How full are the pools?',
    counts: '1: waiting grows without bound',
    kind: 'line',
    unit: 'percentunit',
    audience: 'operator',
    variables: ['pool', 'model'],
    columns: timeSeries,
    thresholds: [
      { at: 0, meaning: 'good' },
      { at: 0.8, meaning: 'warn' },
      { at: 1, meaning: 'bad' },
    ],
    leadsTo: 'pools',
  },
]

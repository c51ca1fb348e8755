/** The boards: what each answers, and its panels, the answer first. */
import type { Board } from './panel.ts'

export const boards: readonly Board[] = [
  {
    name: 'overview',
    title: 'Overview',
    question: 'What needs me now?',
    rows: [
      ['promise-kept', 'first-token-time', 'spend-in-time'],
      ['who-spends', 'pool-saturation', 'amplification'],
    ],
  },
  {
    name: 'tenants',
    title: 'Tenants',
    question: 'Who uses how much, how well, and for what money?',
    rows: [['who-spends'], ['spend-in-time', 'tokens-by-kind', 'requests-and-failures']],
  },
  {
    name: 'cost',
    title: 'Cost and chargeback',
    question: 'What does it cost, and why more than before?',
    rows: [['spend-in-time', 'who-spends']],
  },
  { name: 'pools', title: 'Pools', question: 'Which pool fills first, and who fills it?', rows: [['pool-saturation']] },
  {
    name: 'fallbacks',
    title: 'Retries and fallbacks',
    question: 'Do retries and fallbacks help or hurt?',
    rows: [['fallback-flow'], ['amplification']],
  },
  {
    name: 'providers',
    title: 'Providers',
    question: 'Who is ill, since when, and whose fault is it?',
    rows: [['provider-health'], ['attempt-causes']],
  },
  { name: 'latency', title: 'Latency explained', question: 'Why is it slow, and for whom?', rows: [['first-token-time']] },
  { name: 'security', title: 'Security', question: 'Is somebody at the door who should not be?', rows: [] },
  { name: 'rollouts', title: 'Rollouts', question: 'Is the new one better than the old one?', rows: [] },
  { name: 'alerts', title: 'Alerts and SLOs', question: 'Which promise is at risk, and who knows?', rows: [['promise-kept']] },
  { name: 'pipeline', title: 'Pipeline health', question: 'Can these figures be believed?', rows: [] },
]

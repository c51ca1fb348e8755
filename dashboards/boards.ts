/** The boards: what each answers, and its panels, the answer first. */
import type { Board } from './panel.ts'

export const boards: readonly Board[] = [
  {
    name: 'overview',
    title: 'Overview',
    question: 'What needs me now?',
    rows: [
      ['promise-kept', 'rescue', 'trust'],
      ['alerts-open', 'pool-fill'],
      ['first-token-time', 'requests-and-failures', 'spend-in-time'],
      ['who-spends', 'tenants-wait'],
    ],
  },
  {
    name: 'tenants',
    title: 'Tenants',
    question: 'Who uses how much, how well, and for what money?',
    rows: [
      ['who-spends'],
      ['spend-in-time', 'tokens-by-kind'],
      ['requests-and-failures', 'first-token-time', 'errors-by-class'],
      ['tenants-wait', 'keys'],
      ['unit-cost', 'cached-input'],
    ],
  },
  {
    name: 'cost',
    title: 'Cost and chargeback',
    question: 'What does it cost, and why more than before?',
    rows: [
      ['movers'],
      ['spend-by-model', 'wasted-in-time'],
      ['charges', 'unpriced'],
      ['pool-busy-idle', 'unit-cost', 'bill-match'],
      ['pool-cost', 'statements', 'price-changes'],
    ],
  },
  {
    name: 'pools',
    title: 'Pools',
    question: 'Which pool fills first, and who fills it?',
    rows: [
      ['pool-fill'],
      ['pool-saturation', 'pool-queue', 'pool-shares'],
      ['pool-load', 'pool-kv-cache', 'pool-preemptions'],
      ['pool-tokens', 'pool-prefix-cache', 'pool-busy-idle'],
    ],
  },
  {
    name: 'fallbacks',
    title: 'Retries and fallbacks',
    question: 'Do retries and fallbacks help or hurt?',
    rows: [
      ['rescue'],
      ['verdicts'],
      ['fallback-flow', 'amplification'],
      ['retry-causes', 'added-wait', 'wasted-in-time'],
      ['dead-targets', 'exhausted'],
    ],
  },
  {
    name: 'providers',
    title: 'Providers',
    question: 'Who is ill, since when, and whose fault is it?',
    rows: [
      ['provider-health'],
      ['whose-fault', 'attempt-causes'],
      ['rate-limited', 'provider-first-token', 'provider-attempts'],
      ['dead-targets', 'price-and-speed', 'swapped-models'],
    ],
  },
  {
    name: 'latency',
    title: 'Latency explained',
    question: 'Why is it slow, and for whom?',
    rows: [
      ['wait-by-priority', 'slowest'],
      ['first-token-time', 'queue-time', 'token-pace'],
      ['first-token-by-route', 'duration', 'provider-first-token'],
    ],
  },
  {
    name: 'security',
    title: 'Security',
    question: 'Is somebody at the door who should not be?',
    rows: [['refused-callers'], ['auth-failures', 'refusals', 'guardrails'], ['payloads', 'keys']],
  },
  {
    name: 'rollouts',
    title: 'Rollouts',
    question: 'Is the new one better than the old one?',
    rows: [
      ['versions'],
      ['model-mix', 'upstream-mix'],
      ['first-token-by-route', 'token-pace', 'unit-cost'],
      ['price-and-speed', 'swapped-models'],
    ],
  },
  {
    name: 'alerts',
    title: 'Alerts and SLOs',
    question: 'Which promise is at risk, and who knows?',
    rows: [['promise-kept', 'promises-by-route'], ['alerts-open'], ['alerts-fired', 'alert-noise'], ['alert-deliveries', 'silences']],
  },
  {
    name: 'pipeline',
    title: 'Pipeline health',
    question: 'Can these figures be believed?',
    rows: [
      ['trust'],
      ['sources', 'lines-in-time'],
      ['settle-lag', 'left-out', 'usage-missing'],
      ['dead-letters', 'parked-sources'],
      ['partitions', 'window-checks', 'unpriced'],
    ],
  },
]

import type { AuditFacts, RouteFact, TrafficFact } from '../../../services/answers/audit/facts.ts'
import { emptyFinding, type FairnessFinding } from '../../../services/answers/fairness/fairness-finding.ts'
import type { RolloutFinding } from '../../../services/answers/rollouts/rollout-finding.ts'

/** Traffic to an upstream of which everything is known. */
export function traffic(facts: Partial<TrafficFact>): TrafficFact {
  const attempts = facts.attempts ?? 1_000
  return {
    upstream_kind: 'provider',
    upstream: 'openai',
    requests: attempts,
    attempts,
    sent_attempts: attempts,
    routed_attempts: attempts,
    policed_attempts: attempts,
    prioritised_attempts: attempts,
    ok_attempts: attempts,
    unknown_usage_attempts: 0,
    unpriced_attempts: 0,
    unseen_attempts: 0,
    attempts_reported: attempts,
    timed_requests: attempts,
    queued_requests: attempts,
    successful_requests: attempts,
    timeouts: 0,
    ...facts,
  }
}

/** A route with nothing wrong. */
export function route(facts: Partial<RouteFact>): RouteFact {
  return {
    route: 'chat',
    requests: 1_000,
    attempts_reported: 1_000,
    worst_amplification: 1.1,
    timeouts: 0,
    upstreams: ['llama', 'openai'],
    policies: ['interactive'],
    priorities: ['interactive', 'batch'],
    retried_requests: 100,
    recovered: 90,
    failed_after_all: 10,
    failed_at_once: 0,
    ...facts,
  }
}

/** A finding about the pool. */
export function fairness(facts: Partial<FairnessFinding>): FairnessFinding {
  return { ...emptyFinding, kind: 'share', state: 'fair', pool: 'llama', tenant_id: 'acme', sentence: '', confidence: 'high', ...facts }
}

/** A canary that does no worse. */
export function rollout(facts: Partial<RolloutFinding>): RolloutFinding {
  return {
    ...{
      by: 'upstream',
      route: 'chat',
      request_model: 'llama',
      upstream: '',
      stable: 'llama',
      canary: 'llama-next',
      state: 'no difference',
    },
    ...{ share: 0.1, stable_requests: 900, canary_requests: 100, minutes: 60, more_requests: null, more_minutes: null, measures: [] },
    ...{ sentence: '', confidence: 'high' },
    ...facts,
  }
}

/** A platform that does everything right. */
export const wellRun: AuditFacts = {
  settled: { untilMs: Date.UTC(2026, 8, 2), windows: 1_440 },
  traffic: [traffic({}), traffic({ upstream_kind: 'pool', upstream: 'llama' })],
  routes: [route({})],
  pools: [
    {
      pool: 'llama',
      minutes: 1_440,
      read_minutes: 1_440,
      forecast_minutes: 1_440,
      saturated_minutes: 2,
      engines: 4,
      waiting_max: 1,
      attempts: 1_000,
    },
  ],
  uneven: [{ pool: 'llama', minutes: 1_440, uneven_minutes: 3 }],
  senders: [{ gateway: 'envoy', dialect: 'envoy', attempts: 2_000, keyed_attempts: 2_000, sources: 1 }],
  tenants: [{ tenant_id: 'acme', requests: 2_000 }],
  pickers: [{ pool: 'llama', samples: 100 }],
  books: { lines: 2_000, dead_letters: 0, parked: 0 },
  budgetedTenants: ['acme'],
  fairness: [fairness({ kind: 'share', state: 'fair' }), fairness({ kind: 'priority', state: 'honoured' })],
  rollouts: [rollout({})],
}

/** A platform of which nothing is known. */
export const nothingKnown: AuditFacts = {
  settled: { untilMs: null, windows: 0 },
  traffic: [],
  routes: [],
  pools: [],
  uneven: [],
  senders: [],
  tenants: [],
  pickers: [],
  books: { lines: 0, dead_letters: 0, parked: 0 },
  budgetedTenants: [],
  fairness: [],
  rollouts: [],
}

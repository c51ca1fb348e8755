/** The settled figures that rules may read, as data. docs/alerting.md and the checks of rule files are made from this list. */
import { hourlyTables } from '../../../schemas/levels/hourly.ts'

/** A figure of a view. `aggregate`: SQL over rows `r` of one thing. */
export interface Measure {
  readonly aggregate: string
  readonly unit: 'count' | 'tokens' | 'money' | 'ms' | 'ratio' | 'minutes' | 'per second'
  readonly description: string
  /** How figures of minutes become one where a rule looks at minutes apart; sums add up. */
  readonly over: 'sum' | 'max' | 'min'
}

/** A view that rules may read. */
export interface View {
  readonly description: string
  /** Table of minutes, before _per_minute. */
  readonly table: string
  /** Has tables of hours with the same columns, that long periods are read from. */
  readonly hours?: 'usage' | 'latency' | 'resilience' | 'provider'
  /** What a reading can be told by: SQL over rows `r` by the name of the label. */
  readonly labels: Readonly<Record<string, string>>
  readonly measures: Readonly<Record<string, Measure>>
  /** The measure that says over how many a reading is taken, unless a rule names another. */
  readonly sample: string
  /** Measures that the words of an alert can name beside the rule's own. */
  readonly facts: readonly string[]
}

/** Error classes that are the client's or the gateway's own doing: no fault of what served it, and no part of a ratio. */
const NOT_SERVED = ['gateway_rejected', 'client_cancelled', 'auth', 'client_error', 'blocked_by_policy'] as const
/** Error classes that are an upstream's doing. Being refused for one's own rate (provider_rate_limited) is not among them. */
const UPSTREAM_FAULTS = [
  'no_capacity',
  'connect_or_reset',
  'timeout',
  'retries_exhausted',
  'provider_error',
  'provider_overloaded',
  'unknown',
]

const columns = (names: readonly string[]) => Object.fromEntries(names.map(name => [name, `r.${name}`]))
const measure = (unit: Measure['unit'], aggregate: string, description: string, over: Measure['over'] = 'sum'): Measure => ({
  aggregate,
  unit,
  description,
  over,
})
const sums = (unit: Measure['unit'], names: readonly string[]) =>
  Object.fromEntries(names.map(name => [name, measure(unit, `sum(r.${name})`, name.replaceAll('_', ' '))]))
const ofClasses = (classes: readonly string[]) => `sum(${classes.map(name => `r.errors_by_class['${name}']`).join(' + ')})`
const inClasses = (classes: readonly string[]) => `(${classes.map(name => `'${name}'`).join(', ')})`
/** A percentile of quantile states (levels 0.5, 0.9, 0.95, 0.99). */
const percentile = (column: string, place: 1 | 3 | 4) => `quantilesBFloat16Merge(0.5, 0.9, 0.95, 0.99)(r.${column})[${place}]`
const percentiles = (names: readonly string[]) =>
  Object.fromEntries(
    names.flatMap(name =>
      (
        [
          ['p50', 1],
          ['p95', 3],
          ['p99', 4],
        ] as const
      ).map(([word, place]) => [
        `${name.slice(0, -'_ms'.length)}_${word}_ms`,
        measure('ms', percentile(name, place), `${word} of ${name}`, 'max'),
      ]),
    ),
  )
const fold = (unit: Measure['unit'], how: 'sum' | 'max' | 'min', names: readonly string[], over: Measure['over'] = 'max') =>
  Object.fromEntries(
    names.map(name => [name, measure(unit, `${how}(r.${name})`, `${name.replaceAll('_', ' ')}, of models together the ${how}`, over)]),
  )

const isMoney = (name: string) => name.endsWith('_cost')
const isTokens = (name: string) => name.endsWith('_tokens')
const usageSums = hourlyTables.usage.sums
const plain = (names: readonly string[]) => names.filter(name => !isMoney(name) && !isTokens(name))
const NO_PROVIDER = { provider: "if(r.upstream_kind = 'provider', r.upstream, '')", pool: "if(r.upstream_kind = 'pool', r.upstream, '')" }

/** Every view by its name. */
export const views: Readonly<Record<string, View>> = {
  usage: {
    description: 'requests, tokens and list cost, where the last attempt of a request ran',
    table: 'usage',
    hours: 'usage',
    labels: {
      ...columns(['tenant_id', 'route', 'request_model', 'response_model', 'upstream_kind', 'upstream', 'service_tier', 'currency']),
      ...NO_PROVIDER,
    },
    measures: {
      ...sums('count', plain(usageSums)),
      ...sums('tokens', usageSums.filter(isTokens)),
      ...sums('money', usageSums.filter(isMoney)),
      failed_requests: measure('count', 'sum(r.requests - r.successful_requests)', 'requests that were not answered well'),
      total_tokens: measure('tokens', 'sum(r.input_tokens + r.output_tokens)', 'input and output'),
    },
    sample: 'requests',
    facts: ['requests', 'failed_requests', 'list_cost', 'input_tokens', 'output_tokens'],
  },
  latency: {
    description: 'how long requests took and how they failed',
    table: 'latency',
    hours: 'latency',
    labels: { ...columns(['tenant_id', 'priority', 'route', 'request_model', 'upstream_kind', 'upstream']), ...NO_PROVIDER },
    measures: {
      ...sums('count', hourlyTables.latency.sums),
      failed_requests: measure('count', 'sum(r.requests - r.successful_requests)', 'requests that were not answered well'),
      bad_requests: measure(
        'count',
        `sum(r.requests - r.successful_requests) - ${ofClasses(NOT_SERVED)}`,
        'of the valid ones, those that were not answered well',
      ),
      valid_requests: measure('count', `sum(r.requests) - ${ofClasses(NOT_SERVED)}`, "requests without the client's own faults"),
      ...percentiles(hourlyTables.latency.states),
    },
    sample: 'requests',
    facts: ['requests', 'failed_requests', 'ttft_p95_ms', 'duration_p95_ms'],
  },
  resilience: {
    description: 'what retries and fallbacks did; by where the first and the last attempt went',
    table: 'resilience',
    hours: 'resilience',
    labels: columns(hourlyTables.resilience.keys),
    measures: {
      ...sums(
        'count',
        plain(hourlyTables.resilience.sums).filter(name => name !== 'added_latency_ms'),
      ),
      ...sums('tokens', hourlyTables.resilience.sums.filter(isTokens)),
      ...sums('money', hourlyTables.resilience.sums.filter(isMoney)),
      added_latency_ms: measure('ms', 'sum(r.added_latency_ms)', 'sum of the time until the last attempt began'),
      recovered_requests: measure('count', 'sum(r.recovered_by_retry + r.recovered_by_fallback)', 'answered by a further attempt'),
    },
    sample: 'requests',
    facts: ['requests', 'attempts_reported', 'recovered_requests', 'failed_after_all', 'wasted_cost', 'wasted_tokens'],
  },
  provider: {
    description: 'attempts at providers and pools by endpoint and region',
    table: 'provider',
    hours: 'provider',
    labels: columns(hourlyTables.provider.keys),
    measures: {
      ...sums('count', hourlyTables.provider.sums),
      failed_attempts: measure('count', 'sum(r.attempts - r.successful_attempts)', 'attempts that failed for any reason'),
      upstream_faults: measure('count', ofClasses(UPSTREAM_FAULTS), 'attempts that failed by doing of the upstream'),
      judged_attempts: measure('count', `sum(r.attempts) - ${ofClasses(NOT_SERVED)}`, "attempts without the client's own faults"),
      ...percentiles(hourlyTables.provider.states),
    },
    sample: 'attempts',
    facts: ['attempts', 'failed_attempts', 'upstream_faults', 'rate_limited', 'timeouts', 'connect_failures', 'ttft_p95_ms'],
  },
  attempts: {
    description: 'attempts at the finest grain: tenant, policy, outcome, error class',
    table: 'attempt_groups',
    labels: {
      ...columns(['tenant_id', 'priority', 'route', 'policy', 'request_model', 'response_model', 'upstream_kind', 'upstream', 'region']),
      ...columns(['outcome', 'error_class', 'cause', 'from_upstream', 'to_upstream', 'currency']),
      ...NO_PROVIDER,
    },
    measures: {
      ...sums('count', ['attempts', 'requests', 'successful_requests', 'unseen_attempts', 'failed_after_all', 'failed_at_once']),
      ...sums('count', ['missing_usage_attempts', 'contradictory_usage_attempts']),
      ...sums('tokens', ['wasted_tokens']),
      ...sums('money', ['wasted_cost']),
      failed_attempts: measure('count', "sumIf(r.attempts, r.outcome != 'ok')", 'attempts that failed for any reason'),
      upstream_faults: measure(
        'count',
        `sumIf(r.attempts, r.error_class IN ${inClasses(UPSTREAM_FAULTS)})`,
        "failed by the upstream's doing",
      ),
      judged_attempts: measure(
        'count',
        `sumIf(r.attempts, r.error_class NOT IN ${inClasses(NOT_SERVED)})`,
        "attempts without the client's own faults",
      ),
    },
    sample: 'attempts',
    facts: ['attempts', 'failed_attempts', 'upstream_faults', 'wasted_cost'],
  },
  security: {
    description: 'who was refused and why, by key and network of the client',
    table: 'security',
    labels: columns(['tenant_id', 'route', 'api_key_id', 'client_ip_prefix']),
    measures: {
      ...sums(
        'count',
        hourlyTables.security.sums.filter(name => !isTokens(name) && !name.startsWith('ln_')),
      ),
      ...sums('tokens', hourlyTables.security.sums.filter(isTokens)),
      refused_keys: measure('count', 'uniqExactIf(r.api_key_id, r.auth_failures > 0)', 'different keys that were refused', 'max'),
      refused_models: measure('count', 'uniqCombined64Merge(12)(r.refused_models)', 'different models that were refused', 'max'),
    },
    sample: 'attempts',
    facts: [
      'attempts',
      'auth_failures',
      'refused_keys',
      'rejected_attempts',
      'blocked_by_policy',
      'guardrail_hits',
      'refused_model_attempts',
    ],
  },
  pool: {
    description: 'state of own model servers; a minute without readings has no row',
    table: 'pool',
    labels: columns(['pool', 'model']),
    measures: {
      ...fold('count', 'sum', ['running', 'waiting', 'running_max', 'waiting_max', 'running_limit', 'engines', 'samples', 'attempts']),
      ...fold('count', 'sum', ['preemptions', 'requests_finished', 'requests_failed'], 'sum'),
      ...fold('ratio', 'max', ['saturation', 'kv_cache_use_ratio', 'kv_cache_use_ratio_max']),
      ...fold('per second', 'sum', ['arrival_tokens_per_s', 'input_tokens_per_s', 'output_tokens_per_s']),
      ...fold('ms', 'max', ['queue_ms', 'ttft_ms']),
      ...fold('minutes', 'min', ['minutes_to_saturation'], 'min'),
      stalled_requests: measure('count', 'sum(if(r.running = 0, r.waiting, 0))', 'requests that wait where nothing runs', 'min'),
    },
    sample: 'samples',
    facts: ['running', 'waiting_max', 'running_limit', 'kv_cache_use_ratio_max', 'saturation', 'queue_ms', 'engines'],
  },
}

/** Whether the measure of a view is an amount of money: then `by` has to tell currencies apart. */
export function isMoneyMeasure(view: View, name: string): boolean {
  return view.measures[name]?.unit === 'money'
}

/**
 * Tables of settled minutes that have a table of hours and one of days with the same columns, merged. A new measure of a minute is a name
 * here and a column in the files of the tables.
 */
export interface HourlyTable {
  /** Name of the table of minutes, before _per_minute; its own unless told. */
  readonly of?: string
  /** What a row is told by. */
  readonly keys: readonly string[]
  /** Counts and amounts: they add up. */
  readonly sums: readonly string[]
  /** The largest counts. */
  readonly maxima?: readonly string[]
  /** Counts by name. */
  readonly maps: readonly string[]
  /** Quantile states: they merge. */
  readonly states: readonly string[]
  /** States of how many different values there were: they merge too. */
  readonly uniques?: readonly string[]
  /** What `last_window` has, the largest of it: the latest counts, a null too. */
  readonly latest?: readonly string[]
  /** Lists of tenants, attempts and tokens. */
  readonly tenants?: readonly string[]
}

const LATENCY_KEYS = ['priority', 'route', 'request_model', 'upstream_kind', 'upstream'] as const
const latencyMeasures = {
  sums: ['requests', 'successful_requests', 'ttft_count', 'tpot_count', 'duration_count', 'queue_count'],
  maps: ['errors_by_class'],
  states: ['ttft_ms', 'tpot_ms', 'duration_ms', 'queue_ms'],
} as const

/** Readings of pools whose mean over minutes is asked for: kept as their sum and the minutes that have them. */
export const poolMeans = [
  'running',
  'waiting',
  'running_limit',
  'kv_cache_use_ratio',
  'input_tokens_per_s',
  'output_tokens_per_s',
  'arrival_tokens_per_s',
  'prefix_cache_hit_ratio',
  'saturation',
  'queue_ms',
  'ttft_ms',
] as const

/** By the name of the table, before _per_minute and _per_hour. */
export const hourlyTables = {
  usage: {
    keys: ['tenant_id', 'route', 'request_model', 'response_model', 'upstream_kind', 'upstream', 'service_tier', 'currency'],
    sums: [
      'requests',
      'successful_requests',
      'attempts',
      'attempts_reported',
      'unseen_attempts',
      'input_tokens',
      'cached_input_tokens',
      'cache_write_tokens',
      'output_tokens',
      'reasoning_tokens',
      'estimated_input_tokens',
      'estimated_output_tokens',
      'unpriced_attempts',
      'unpriced_tokens',
      'missing_usage_attempts',
      'contradictory_usage_attempts',
      'response_cache_hits',
      'response_cache_hit_tokens',
      'input_cost',
      'cached_input_cost',
      'cache_write_cost',
      'output_cost',
      'reasoning_cost',
      'unit_cost',
      'list_cost',
      'estimated_cost',
      'reported_cost',
    ],
    maps: [],
    states: [],
  },
  latency: { keys: ['tenant_id', ...LATENCY_KEYS], ...latencyMeasures },
  latency_of_all: { of: 'latency', keys: ['grouped_by', ...LATENCY_KEYS], ...latencyMeasures },
  resilience: {
    keys: ['tenant_id', 'route', 'policy', 'cause', 'from_upstream', 'to_upstream', 'currency'],
    sums: [
      'requests',
      'attempts',
      'attempts_reported',
      'retried_requests',
      'fallback_requests',
      'recovered_by_retry',
      'recovered_by_fallback',
      'failed_after_all',
      'failed_at_once',
      'wasted_tokens',
      'wasted_cost',
      'added_latency_ms',
      'added_latency_requests',
      'collateral_attempts',
      'collateral_tokens',
    ],
    maps: [],
    states: [],
  },
  provider: {
    keys: ['upstream_kind', 'provider', 'endpoint', 'region'],
    sums: ['attempts', 'successful_attempts', 'rate_limited', 'timeouts', 'connect_failures', 'ttft_count', 'duration_count'],
    maps: ['errors_by_class'],
    states: ['ttft_ms', 'duration_ms'],
  },
  security: {
    keys: ['tenant_id', 'route', 'api_key_id', 'client_ip_prefix'],
    sums: [
      'requests',
      'attempts',
      'answered_attempts',
      'rejected_attempts',
      'rate_limited_attempts',
      'auth_failures',
      'refused_model_attempts',
      'blocked_by_policy',
      'guardrail_hits',
      'input_tokens',
      'cached_input_tokens',
      'output_tokens',
      'sized_attempts',
      'ln_request_bytes_sum',
      'ln_request_bytes_squares',
      'ratio_attempts',
      'ln_output_ratio_sum',
      'ln_output_ratio_squares',
      'prompted_attempts',
    ],
    maps: ['auth_failures_by_result'],
    states: [],
    uniques: ['prompts', 'models', 'refused_models'],
  },
  pool: {
    keys: ['grouped_by', 'pool', 'model'],
    sums: [
      'windows',
      'samples',
      ...poolMeans.flatMap(name => [`${name}_sum`, `${name}_windows`]),
      'preemptions',
      'requests_finished',
      'requests_failed',
      'queue_ms_finished',
      'queue_finished',
      'ttft_ms_finished',
      'ttft_finished',
      'counter_resets',
      'attempts',
    ],
    maxima: ['engines', 'running_max', 'waiting_max', 'kv_cache_use_ratio_max', 'saturation_max', 'last_window'],
    maps: [],
    states: [],
    latest: ['minutes_to_saturation'],
    tenants: ['tenants'],
  },
  quantities: {
    of: 'charges',
    keys: [
      'tenant_id',
      'route',
      'request_model',
      'response_model',
      'upstream_kind',
      'upstream',
      'region',
      'service_tier',
      'price_modifiers',
      'price_key',
      'price_version',
      'min_input_tokens',
      'token_kind',
      'is_wasted',
      'estimate_method',
      'currency',
      'unit_price',
    ],
    sums: ['quantity', 'attempts'],
    maps: [],
    states: [],
  },
} as const satisfies Record<string, HourlyTable>

export type HourlyName = keyof typeof hourlyTables

/** The columns of a table but its start and version, in no order that matters. */
export function hourlyColumns(name: HourlyName): readonly string[] {
  const { keys } = hourlyTables[name]
  return [...keys, ...mergedColumns(name).map(({ column }) => column)]
}

/** The measures of a table, each with what merges it over rows of the alias `m`. */
export function mergedColumns(name: HourlyName): readonly { column: string; merged: string }[] {
  const { sums, maxima = [], maps, states, uniques = [], latest = [], tenants = [] }: HourlyTable = hourlyTables[name]
  const by = (columns: readonly string[], merge: (column: string) => string) =>
    columns.map(column => ({ column, merged: `${merge(`m.${column}`)} AS ${column}` }))
  return [
    ...by(sums, column => `sum(${column})`),
    ...by(maxima, column => `max(${column})`),
    ...by(maps, column => `sumMap(${column})`),
    ...by(states, column => `quantilesBFloat16MergeState(0.5, 0.9, 0.95, 0.99)(${column})`),
    ...by(uniques, column => `uniqCombined64MergeState(12)(${column})`),
    // Over a tuple, because alone it passes over nulls and would give an older value.
    ...by(latest, column => `argMax(tuple(${column}), m.last_window).1`),
    ...by(tenants, mergedTenants),
  ]
}

function mergedTenants(column: string): string {
  const parts = [1, 2, 3].map(part => `arrayMap(one -> one.${part}, ${column})`)
  const type = 'Array(Tuple(tenant_id String, attempts UInt64, tokens UInt64))'
  return `CAST(arrayZip((sumMap(${parts.join(', ')}) AS merged_tenants).1, merged_tenants.2, merged_tenants.3), '${type}')`
}

/**
 * Tables of settled minutes that have a table of hours with the same columns, summed. A new measure of a minute is a name here and a
 * column in both files.
 */
export interface HourlyTable {
  /** What a row is told by. */
  readonly keys: readonly string[]
  /** Counts and amounts: they add up. */
  readonly sums: readonly string[]
  /** Counts by name. */
  readonly maps: readonly string[]
  /** Quantile states: they merge. */
  readonly states: readonly string[]
}

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
  latency: {
    keys: ['tenant_id', 'priority', 'route', 'request_model', 'upstream_kind', 'upstream'],
    sums: ['requests', 'successful_requests', 'ttft_count', 'tpot_count', 'duration_count', 'queue_count'],
    maps: ['errors_by_class'],
    states: ['ttft_ms', 'tpot_ms', 'duration_ms', 'queue_ms'],
  },
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
} as const satisfies Record<string, HourlyTable>

export type HourlyName = keyof typeof hourlyTables

/** The columns of a table but its start and version, in no order that matters. */
export function hourlyColumns(name: HourlyName): readonly string[] {
  const { keys, sums, maps, states }: HourlyTable = hourlyTables[name]
  return [...keys, ...sums, ...maps, ...states]
}

/** A minute of the model servers of a pool that serve one model; null: they do not give it. Sums over engines unless told. */
export interface PoolMinute {
  readonly at_ms: number
  readonly pool: string
  readonly model: string
  readonly engines: number
  readonly samples: number
  readonly running: number | null
  readonly waiting: number | null
  /** The most at a reading, of each engine. */
  readonly waiting_max: number | null
  /** At the last reading of each engine. */
  readonly waiting_last: number | null
  readonly running_limit: number | null
  /** Mean over engines, 0 to 1. */
  readonly kv_cache_use_ratio: number | null
  readonly preemptions: number | null
  /** Mean time that requests waited in the engine, ms; part of ttft_ms. */
  readonly queue_ms: number | null
  /** Mean time from a request's arrival at the engine to its first token, ms. */
  readonly ttft_ms: number | null
  /** Mean time between two tokens of a request, ms. */
  readonly itl_ms: number | null
  /** Requests that had their first token in the minute. */
  readonly first_tokens: number | null
  readonly input_tokens_per_s: number | null
  readonly output_tokens_per_s: number | null
  readonly prefix_cache_hit_ratio: number | null
  readonly requests_finished: number | null
  /** Engines whose counters began anew: they were restarted. */
  readonly counter_resets: number
  readonly attempts: number
}

/** What somebody sent to a pool in the last ten minutes and in the ten before; tokens are of both. */
export interface SenderLoad {
  readonly pool: string
  readonly request_model: string
  readonly response_model: string
  readonly tenant_id: string
  readonly route: string
  readonly recent_attempts: number
  readonly before_attempts: number
  readonly input_tokens: number
  readonly cached_input_tokens: number
  readonly output_tokens: number
  /** Attempts that those tokens are of. */
  readonly counted_attempts: number
}

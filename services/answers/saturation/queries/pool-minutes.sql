-- What model servers showed, by minute. Parameters: from, to (s).
SELECT
    toFloat64(toUnixTimestamp(p.window_start)) * 1000 AS at_ms,
    p.pool AS pool,
    p.model AS model,
    toFloat64(p.engines) AS engines,
    toFloat64(p.samples) AS samples,
    p.running AS running,
    p.waiting AS waiting,
    p.waiting_max AS waiting_max,
    p.waiting_last AS waiting_last,
    p.running_limit AS running_limit,
    p.kv_cache_use_ratio AS kv_cache_use_ratio,
    p.preemptions AS preemptions,
    p.queue_ms AS queue_ms,
    p.ttft_ms AS ttft_ms,
    p.itl_ms AS itl_ms,
    p.first_tokens AS first_tokens,
    p.input_tokens_per_s AS input_tokens_per_s,
    p.output_tokens_per_s AS output_tokens_per_s,
    p.prefix_cache_hit_ratio AS prefix_cache_hit_ratio,
    p.requests_finished AS requests_finished,
    toFloat64(p.counter_resets) AS counter_resets,
    toFloat64(p.attempts) AS attempts
FROM {database}.pool_per_minute_current AS p
WHERE p.window_start >= {from:DateTime('UTC')} AND p.window_start < {to:DateTime('UTC')}
ORDER BY pool, model, at_ms
LIMIT 100000

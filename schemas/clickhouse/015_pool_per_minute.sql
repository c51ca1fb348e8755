-- pool × model: state of the model servers and what ran on them. A minute without samples has no row: a gap, not a zero.
CREATE TABLE IF NOT EXISTS {database}.pool_per_minute {on_cluster}
(
    window_start DateTime('UTC'),
    settle_version UInt64,
    pool LowCardinality(String),
    model LowCardinality(String),
    engines UInt64 COMMENT 'distinct engines that were read',
    samples UInt64,
    running Nullable(Float64) COMMENT 'requests being served, mean over the minute, summed over engines',
    waiting Nullable(Float64),
    running_max Nullable(Float64),
    waiting_max Nullable(Float64),
    running_limit Nullable(Float64),
    kv_cache_use_ratio Nullable(Float64) COMMENT 'mean over engines, 0 to 1',
    kv_cache_use_ratio_max Nullable(Float64),
    preemptions Nullable(Float64),
    queue_ms Nullable(Float64) COMMENT 'mean time waiting of requests that finished in the minute',
    ttft_ms Nullable(Float64),
    input_tokens_per_s Nullable(Float64) COMMENT 'served, from counters',
    output_tokens_per_s Nullable(Float64),
    arrival_tokens_per_s Float64 COMMENT 'input plus output of the attempts that were sent to the pool in the minute',
    prefix_cache_hit_ratio Nullable(Float64),
    requests_finished Nullable(Float64),
    requests_failed Nullable(Float64),
    counter_resets UInt64,
    saturation Nullable(Float64) COMMENT '0 to 1; 1: a standing queue, a full KV cache or the running limit',
    minutes_to_saturation Nullable(Float64) COMMENT 'straight line through the last 15 minutes; 0: saturated; null: not rising',
    attempts UInt64,
    tenants Array(Tuple(tenant_id String, attempts UInt64, tokens UInt64)) COMMENT 'who is behind it, most tokens first, at most 10'
)
ENGINE = {engine:MergeTree}
PARTITION BY toYYYYMM(window_start)
ORDER BY (window_start, pool, model, settle_version);

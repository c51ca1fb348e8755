-- A pool's model servers minute by minute, as their samples say. Written and read by one pass of settling; superseded.ts removes it all.
CREATE TABLE IF NOT EXISTS {database}.engine_minutes {on_cluster}
(
    settle_version UInt64,
    pass UInt64 COMMENT 'tells passes of one version apart',
    window_start DateTime('UTC'),
    pool LowCardinality(String),
    model LowCardinality(String),
    engines UInt64,
    samples UInt64,
    running Nullable(Float64),
    waiting Nullable(Float64),
    running_max Nullable(Float64),
    waiting_max Nullable(Float64),
    running_limit Nullable(Float64),
    kv_cache_use_ratio Nullable(Float64),
    kv_cache_use_ratio_max Nullable(Float64),
    counter_resets UInt64,
    saturation Nullable(Float64),
    input_tokens_per_s Nullable(Float64),
    output_tokens_per_s Nullable(Float64),
    preemptions_total Nullable(Float64) COMMENT 'this and the following: what the engines’ counters grew by in the minute',
    prefix_cache_queries_total Nullable(Float64),
    prefix_cache_hits_total Nullable(Float64),
    queue_seconds_sum Nullable(Float64),
    queue_seconds_count Nullable(Float64),
    ttft_seconds_sum Nullable(Float64),
    ttft_seconds_count Nullable(Float64),
    requests_finished_total Nullable(Float64),
    requests_failed_total Nullable(Float64)
)
ENGINE = {engine:MergeTree}
PARTITION BY intDiv(settle_version, 3600000000)
ORDER BY (settle_version, pass, pool, model, window_start);

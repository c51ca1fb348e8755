-- One row per reading of a gateway's or picker's own counters, by pool, model and provider; counters as read. null: the product does not
-- give the reading.
CREATE TABLE IF NOT EXISTS {database}.gateway_samples_raw {on_cluster}
(
    window_start DateTime('UTC') COMMENT 'minute of sampled_at',
    pool LowCardinality(String),
    model LowCardinality(String),
    provider LowCardinality(String),
    endpoint LowCardinality(String),
    product LowCardinality(String),
    kind Enum8('gateway' = 1, 'picker' = 2),
    region LowCardinality(String),
    sampled_at DateTime64(3, 'UTC'),
    requests_total Nullable(Float64),
    requests_failed_total Nullable(Float64),
    requests_rejected_total Nullable(Float64),
    attempts_total Nullable(Float64),
    attempts_failed_total Nullable(Float64),
    running Nullable(Float64),
    queued Nullable(Float64),
    input_tokens_total Nullable(Float64),
    cached_input_tokens_total Nullable(Float64),
    cache_write_tokens_total Nullable(Float64),
    output_tokens_total Nullable(Float64),
    reasoning_tokens_total Nullable(Float64),
    duration_seconds_sum Nullable(Float64),
    duration_seconds_count Nullable(Float64),
    ttft_seconds_sum Nullable(Float64),
    ttft_seconds_count Nullable(Float64),
    saturation_ratio Nullable(Float64),
    saturation_prefill_ratio Nullable(Float64),
    saturation_decode_ratio Nullable(Float64),
    endpoints_ready Nullable(Float64),
    endpoints_stale Nullable(Float64),
    endpoint_queue_mean Nullable(Float64),
    endpoint_running_mean Nullable(Float64),
    endpoint_kv_cache_use_ratio Nullable(Float64),
    log_epoch LowCardinality(String),
    topic LowCardinality(String),
    partition UInt32,
    offset UInt64,
    row_no UInt16,
    received_at DateTime64(3, 'UTC')
)
ENGINE = {engine:MergeTree}
PARTITION BY toYYYYMMDD(window_start)
ORDER BY (window_start, product, pool, model, provider, endpoint, sampled_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

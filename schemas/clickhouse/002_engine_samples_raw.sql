-- One row per reading of a model server; counters as read. null: the engine does not give the signal.
CREATE TABLE IF NOT EXISTS {database}.engine_samples_raw {on_cluster}
(
    window_start DateTime('UTC') COMMENT 'minute of sampled_at',
    pool LowCardinality(String),
    model LowCardinality(String),
    endpoint LowCardinality(String),
    engine LowCardinality(String),
    engine_index LowCardinality(String),
    region LowCardinality(String),
    sampled_at DateTime64(3, 'UTC'),
    running Nullable(Float64),
    waiting Nullable(Float64),
    running_limit Nullable(Float64),
    kv_cache_use_ratio Nullable(Float64),
    preemptions_total Nullable(Float64),
    input_tokens_total Nullable(Float64),
    output_tokens_total Nullable(Float64),
    prefix_cache_queries_total Nullable(Float64),
    prefix_cache_hits_total Nullable(Float64),
    queue_seconds_sum Nullable(Float64),
    queue_seconds_count Nullable(Float64),
    ttft_seconds_sum Nullable(Float64),
    ttft_seconds_count Nullable(Float64),
    requests_finished_total Nullable(Float64),
    requests_failed_total Nullable(Float64),
    itl_seconds_sum Nullable(Float64),
    itl_seconds_count Nullable(Float64),
    e2e_seconds_sum Nullable(Float64),
    e2e_seconds_count Nullable(Float64),
    prefill_seconds_sum Nullable(Float64),
    decode_seconds_sum Nullable(Float64),
    ttft_seconds_buckets Map(LowCardinality(String), Float64) COMMENT 'upper bound in seconds → requests within it',
    itl_seconds_buckets Map(LowCardinality(String), Float64) COMMENT 'upper bound in seconds → gaps within it',
    finish_reasons Map(LowCardinality(String), Float64),
    log_epoch LowCardinality(String),
    topic LowCardinality(String),
    partition UInt32,
    offset UInt64,
    row_no UInt16,
    received_at DateTime64(3, 'UTC')
)
ENGINE = {engine:MergeTree}
PARTITION BY toYYYYMMDD(window_start)
ORDER BY (window_start, pool, model, endpoint, engine_index, sampled_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- How much of a pool's GPUs was there and worked in a minute, part of the window's settled version. A minute without samples has no row:
-- a gap, not idle.
CREATE TABLE IF NOT EXISTS {database}.pool_use_per_minute {on_cluster}
(
    window_start DateTime('UTC'),
    settle_version UInt64,
    pool LowCardinality(String),
    gpus Nullable(UInt32) COMMENT 'distinct GPUs that were read; null: no GPU exporter',
    gpu_busy_ratio Nullable(Decimal(38, 18)) COMMENT 'mean over GPUs and readings of engine-active, else utilisation',
    engines UInt32 COMMENT 'distinct engines that were read',
    engine_busy_ratio Nullable(Decimal(38, 18))
        COMMENT 'mean over engines of running over running limit, at most 1; without a limit, of KV-cache use',
    prefill_seconds Nullable(Decimal(38, 18)) COMMENT 'growth of the engines’ counters; null: they do not tell',
    decode_seconds Nullable(Decimal(38, 18))
)
ENGINE = {engine:MergeTree}
PARTITION BY toYYYYMM(window_start)
ORDER BY (window_start, settle_version, pool);

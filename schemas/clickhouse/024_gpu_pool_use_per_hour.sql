-- What a GPU pool cost in an hour and how it was used, published together with gpu_pool_cost_per_hour. busy + idle + unattributed = cost.
CREATE TABLE IF NOT EXISTS {database}.gpu_pool_use_per_hour {on_cluster}
(
    hour_start DateTime('UTC'),
    published_version UInt64,
    pool LowCardinality(String),
    period_start DateTime('UTC'),
    period_end DateTime('UTC'),
    currency LowCardinality(String),
    cost Decimal(38, 18),
    busy_cost Decimal(38, 18),
    idle_cost Decimal(38, 18) COMMENT 'also where a policy gives it to tenants',
    unattributed_cost Decimal(38, 18),
    gpu_hours Decimal(38, 18),
    measured_gpu_hours Decimal(38, 18) COMMENT 'of which it is known how much they worked',
    busy_gpu_hours Decimal(38, 18) COMMENT 'that worked',
    minutes UInt32,
    measured_minutes UInt32,
    utilisation_source LowCardinality(String) COMMENT 'gpu, engine',
    input_tokens UInt64,
    cached_input_tokens UInt64,
    output_tokens UInt64,
    warm_up_minutes UInt32 COMMENT 'GPUs were there and fewer model servers answered than run on them',
    minutes_before_work UInt32 COMMENT 'GPUs were there before the first work of the period',
    cold_starts UInt32,
    compared_cost Nullable(Decimal(38, 18)) COMMENT 'the same tokens at the provider of the terms’ compare_with',
    terms_version UInt32
)
ENGINE = {engine:ReplacingMergeTree}(published_version)
PARTITION BY toYYYYMM(hour_start)
ORDER BY (hour_start, pool, period_start);

-- upstream × endpoint × region: health of what the gateways depend on, per attempt.
CREATE TABLE IF NOT EXISTS {database}.provider_per_minute {on_cluster}
(
    window_start DateTime('UTC'),
    settle_version UInt64,
    upstream_kind LowCardinality(String),
    provider LowCardinality(String) COMMENT 'external provider, or pool for self-hosted upstreams',
    endpoint LowCardinality(String),
    region LowCardinality(String),
    attempts UInt64,
    successful_attempts UInt64,
    rate_limited UInt64,
    timeouts UInt64,
    connect_failures UInt64,
    errors_by_class Map(String, UInt64),
    ttft_ms AggregateFunction(quantilesBFloat16(0.5, 0.9, 0.95, 0.99), Float32),
    duration_ms AggregateFunction(quantilesBFloat16(0.5, 0.9, 0.95, 0.99), Float32),
    ttft_count UInt64,
    duration_count UInt64
)
ENGINE = {engine:MergeTree}
PARTITION BY toYYYYMM(window_start)
ORDER BY (window_start, provider, endpoint, region, settle_version);

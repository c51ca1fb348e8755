-- upstream × endpoint × region per hour: sums of the settled minutes of provider_per_minute, made anew when one of them changes.
CREATE TABLE IF NOT EXISTS {database}.provider_per_hour {on_cluster}
(
    hour_start DateTime('UTC'),
    hour_version UInt64,
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
PARTITION BY toYYYYMM(hour_start)
ORDER BY (hour_start, provider, endpoint, region, hour_version);

-- The rows of provider_per_hour per day (UTC): made of hours, and made anew when one of them changes.
CREATE TABLE IF NOT EXISTS {database}.provider_per_day {on_cluster}
(
    day_start DateTime('UTC'),
    day_version UInt64,
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
PARTITION BY toYYYYMM(day_start)
ORDER BY (day_start, provider, endpoint, region, day_version);

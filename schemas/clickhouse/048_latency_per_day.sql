-- The rows of latency_per_hour per day (UTC): made of hours, and made anew when one of them changes.
CREATE TABLE IF NOT EXISTS {database}.latency_per_day {on_cluster}
(
    day_start DateTime('UTC'),
    day_version UInt64,
    tenant_id LowCardinality(String),
    priority LowCardinality(String),
    route LowCardinality(String),
    request_model LowCardinality(String),
    upstream_kind LowCardinality(String),
    upstream LowCardinality(String),
    requests UInt64,
    successful_requests UInt64,
    errors_by_class Map(String, UInt64) COMMENT 'failed requests by error class',
    ttft_ms AggregateFunction(quantilesBFloat16(0.5, 0.9, 0.95, 0.99), Float32) COMMENT 'first attempt start to first token',
    tpot_ms AggregateFunction(quantilesBFloat16(0.5, 0.9, 0.95, 0.99), Float32) COMMENT 'decode time / (output tokens - 1)',
    duration_ms AggregateFunction(quantilesBFloat16(0.5, 0.9, 0.95, 0.99), Float32) COMMENT 'first attempt start to last byte',
    queue_ms AggregateFunction(quantilesBFloat16(0.5, 0.9, 0.95, 0.99), Float32),
    ttft_count UInt64,
    tpot_count UInt64,
    duration_count UInt64,
    queue_count UInt64
)
ENGINE = {engine:MergeTree}
PARTITION BY toYYYYMM(day_start)
ORDER BY (tenant_id, day_start, route, request_model, day_version);

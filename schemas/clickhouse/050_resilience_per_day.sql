-- The rows of resilience_per_hour per day (UTC): made of hours, and made anew when one of them changes.
CREATE TABLE IF NOT EXISTS {database}.resilience_per_day {on_cluster}
(
    day_start DateTime('UTC'),
    day_version UInt64,
    tenant_id LowCardinality(String),
    route LowCardinality(String),
    policy LowCardinality(String),
    cause LowCardinality(String) COMMENT 'error class of the first attempt; empty: it succeeded; unknown: the gateway only counted it',
    from_upstream LowCardinality(String),
    to_upstream LowCardinality(String),
    requests UInt64,
    attempts UInt64,
    attempts_reported UInt64,
    retried_requests UInt64 COMMENT 'requests with more than one attempt',
    fallback_requests UInt64 COMMENT 'requests whose last attempt went to another upstream than the first',
    recovered_by_retry UInt64,
    recovered_by_fallback UInt64,
    failed_after_all UInt64 COMMENT 'more than one attempt and still not ok',
    failed_at_once UInt64 COMMENT 'not ok after a single attempt',
    wasted_tokens UInt64 COMMENT 'of attempts that did not give the answer, estimates included',
    wasted_cost Decimal(38, 18),
    added_latency_ms Float64 COMMENT 'sum of last attempt start minus first attempt start, where both are known',
    added_latency_requests UInt64 COMMENT 'requests in added_latency_ms',
    collateral_attempts UInt64 COMMENT 'attempts that a fallback put on to_upstream',
    collateral_tokens UInt64,
    currency LowCardinality(String)
)
ENGINE = {engine:MergeTree}
PARTITION BY toYYYYMM(day_start)
ORDER BY (tenant_id, day_start, route, day_version);

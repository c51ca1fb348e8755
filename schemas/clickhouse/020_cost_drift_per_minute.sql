-- Our list cost beside what the gateway or provider reported, over the attempts that carry a reported cost.
CREATE TABLE IF NOT EXISTS {database}.cost_drift_per_minute {on_cluster}
(
    window_start DateTime('UTC'),
    settle_version UInt64,
    tenant_id LowCardinality(String),
    route LowCardinality(String),
    request_model LowCardinality(String),
    response_model LowCardinality(String),
    upstream_kind LowCardinality(String),
    upstream LowCardinality(String),
    attempts UInt64 COMMENT 'attempts with a reported cost',
    unpriced_attempts UInt64 COMMENT 'of these, without a price of ours',
    currency LowCardinality(String),
    list_cost Decimal(38, 18),
    reported_currency LowCardinality(String),
    reported_cost Decimal(38, 18)
)
ENGINE = {engine:MergeTree}
PARTITION BY toYYYYMM(window_start)
ORDER BY (window_start, settle_version, tenant_id, upstream);

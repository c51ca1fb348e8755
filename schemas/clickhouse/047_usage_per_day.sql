-- The rows of usage_per_hour per day (UTC): made of hours, and made anew when one of them changes.
CREATE TABLE IF NOT EXISTS {database}.usage_per_day {on_cluster}
(
    day_start DateTime('UTC'),
    day_version UInt64,
    tenant_id LowCardinality(String),
    route LowCardinality(String),
    request_model LowCardinality(String),
    response_model LowCardinality(String),
    upstream_kind LowCardinality(String),
    upstream LowCardinality(String) COMMENT 'provider or pool',
    service_tier LowCardinality(String),
    requests UInt64,
    successful_requests UInt64,
    attempts UInt64 COMMENT 'attempt rows after dedup',
    attempts_reported UInt64 COMMENT 'upstream attempts as the gateways counted them, unseen ones included',
    unseen_attempts UInt64 COMMENT 'counted by a gateway but not in any row: their usage is unknown',
    input_tokens UInt64,
    cached_input_tokens UInt64,
    cache_write_tokens UInt64,
    output_tokens UInt64,
    reasoning_tokens UInt64,
    estimated_input_tokens UInt64 COMMENT 'of attempts a provider bills although nobody reported their usage',
    estimated_output_tokens UInt64,
    unpriced_attempts UInt64,
    unpriced_tokens UInt64 COMMENT 'input plus output without a price in force; not free',
    missing_usage_attempts UInt64,
    contradictory_usage_attempts UInt64,
    response_cache_hits UInt64,
    response_cache_hit_tokens UInt64 COMMENT 'tokens answered from the gateway cache: no model worked, nothing is charged',
    input_cost Decimal(38, 18) COMMENT 'uncached input',
    cached_input_cost Decimal(38, 18),
    cache_write_cost Decimal(38, 18),
    output_cost Decimal(38, 18) COMMENT 'output without reasoning',
    reasoning_cost Decimal(38, 18),
    unit_cost Decimal(38, 18) COMMENT 'billed beside tokens: images, seconds, searches, requests',
    list_cost Decimal(38, 18) COMMENT 'sum of the six parts above',
    estimated_cost Decimal(38, 18) COMMENT 'beside list_cost, not in it',
    reported_cost Decimal(38, 18) COMMENT 'what gateways or providers said',
    currency LowCardinality(String)
)
ENGINE = {engine:MergeTree}
PARTITION BY toYYYYMM(day_start)
ORDER BY (tenant_id, day_start, route, request_model, day_version);

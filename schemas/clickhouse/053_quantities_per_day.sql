-- The rows of quantities_per_hour per day (UTC): made of hours, and made anew when one of them changes.
CREATE TABLE IF NOT EXISTS {database}.quantities_per_day {on_cluster}
(
    day_start DateTime('UTC'),
    day_version UInt64,
    tenant_id LowCardinality(String),
    route LowCardinality(String),
    request_model LowCardinality(String),
    response_model LowCardinality(String),
    upstream_kind LowCardinality(String),
    upstream LowCardinality(String) COMMENT 'provider or pool',
    region LowCardinality(String),
    service_tier LowCardinality(String),
    price_modifiers LowCardinality(String) COMMENT 'what multiplied the unit price',
    price_key LowCardinality(String) COMMENT 'model key in the price book; empty: no price',
    price_version UInt32 COMMENT 'import that the unit price came with; 0: no price',
    min_input_tokens UInt64 COMMENT 'context threshold of the price, decided by the request; 0: base price',
    token_kind LowCardinality(String),
    is_wasted Bool COMMENT 'of attempts that did not give the answer',
    estimate_method LowCardinality(String) COMMENT 'empty: reported',
    currency LowCardinality(String),
    unit_price Nullable(Decimal(38, 18)) COMMENT 'list price of one unit; null: unpriced, which is not free',
    quantity Decimal(38, 6) COMMENT 'tokens, or what else the kind counts: images, seconds, …',
    attempts UInt64
)
ENGINE = {engine:MergeTree}
PARTITION BY toYYYYMM(day_start)
ORDER BY (tenant_id, day_start, upstream, price_key, token_kind, day_version);

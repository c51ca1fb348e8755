-- Quantities priced request by request per hour: sums of the settled minutes of charges_per_minute.
CREATE TABLE IF NOT EXISTS {database}.quantities_per_hour {on_cluster}
(
    hour_start DateTime('UTC'),
    hour_version UInt64,
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
PARTITION BY toYYYYMM(hour_start)
ORDER BY (hour_start, tenant_id, upstream, price_key, token_kind, hour_version);

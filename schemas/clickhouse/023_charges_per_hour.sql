-- What tenants are charged for, hour by hour: published from settled minutes under the billing terms for dashboards, and never read for a
-- statement. An hour is published whole under a new version, in one insert; older rows of the same key are merged away.
CREATE TABLE IF NOT EXISTS {database}.charges_per_hour {on_cluster}
(
    hour_start DateTime('UTC'),
    published_version UInt64 COMMENT 'ms since 1970 when it was computed',
    terms_version UInt32,
    tenant_id LowCardinality(String),
    route LowCardinality(String),
    model LowCardinality(String) COMMENT 'that answered, else the one asked for',
    upstream_kind LowCardinality(String),
    upstream LowCardinality(String) COMMENT 'provider or pool',
    token_kind LowCardinality(String),
    price_version UInt32 COMMENT 'import that the unit price came with; 0: no price',
    currency LowCardinality(String) COMMENT 'billing currency of the tenant',
    quantity Decimal(38, 6),
    unpriced_quantity Decimal(38, 6) COMMENT 'part of quantity without a price; of a pool of the terms none: its tenants share its cost',
    list_cost Decimal(38, 18),
    contracted_cost Decimal(38, 18),
    effective_cost Decimal(38, 18),
    wasted_cost Decimal(38, 18) COMMENT 'part of effective_cost: attempts that did not give the answer',
    estimated_cost Decimal(38, 18) COMMENT 'part of effective_cost: quantities that nobody reported'
)
ENGINE = {engine:ReplacingMergeTree}(published_version)
PARTITION BY toYYYYMM(hour_start)
ORDER BY (hour_start, tenant_id, route, model, upstream_kind, upstream, token_kind, price_version, currency);

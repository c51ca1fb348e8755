-- Who bears the cost of a GPU pool, hour by hour: published from settled minutes for dashboards, and never read for a statement. An hour
-- is published whole under a new version, in one insert; older rows of the same share are merged away.
CREATE TABLE IF NOT EXISTS {database}.gpu_pool_cost_per_hour {on_cluster}
(
    hour_start DateTime('UTC'),
    published_version UInt64 COMMENT 'ms since 1970 when it was computed',
    pool LowCardinality(String),
    period_start DateTime('UTC') COMMENT 'the hour, or a part of it where a rate or some tenant’s billing month begins inside',
    period_end DateTime('UTC'),
    tenant_id LowCardinality(String) COMMENT '__idle__: idle that is kept apart; __unattributed__: nobody’s',
    model LowCardinality(String),
    kind LowCardinality(String) COMMENT 'busy, idle, unattributed',
    reason LowCardinality(String) COMMENT 'of unattributed: not_measured, no_work',
    allocated_ratio Decimal(38, 18) COMMENT 'part of the period’s cost; those of a period sum to 1',
    gpu_hours Decimal(38, 18),
    cost Decimal(38, 18),
    currency LowCardinality(String),
    terms_version UInt32
)
ENGINE = {engine:ReplacingMergeTree}(published_version)
PARTITION BY toYYYYMM(hour_start)
ORDER BY (hour_start, pool, period_start, tenant_id, model, kind, reason);

-- The price book: rows are only ever added. A version is one import; prices of a version apply from valid_from to valid_to (event time,
-- end exclusive).
CREATE TABLE IF NOT EXISTS {database}.prices {on_cluster}
(
    version UInt32,
    provider LowCardinality(String),
    model String,
    token_kind LowCardinality(String),
    service_tier LowCardinality(String),
    min_input_tokens UInt64,
    threshold_operator LowCardinality(String),
    region_factor String COMMENT 'price multipliers by region, such as eu=1.1 us=1.1; empty: none',
    modifier_factor String COMMENT 'price multipliers by price_modifiers, such as fast_mode=2 inference_geo_us=1.1; empty: none',
    unit LowCardinality(String),
    unit_price Decimal(38, 18),
    currency LowCardinality(String),
    valid_from DateTime64(3, 'UTC'),
    valid_to Nullable(DateTime64(3, 'UTC')),
    source LowCardinality(String),
    import_id String COMMENT 'tells apart two imports that took one version at once: the one whose trail came first is in force'
)
ENGINE = {engine:MergeTree}
ORDER BY (version, provider, model, token_kind, service_tier, min_input_tokens, valid_from)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

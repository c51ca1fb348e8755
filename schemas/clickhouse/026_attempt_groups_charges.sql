-- What charges and the comparison with reported costs are made of. A group is of one price band, so that each kind has one unit price.
ALTER TABLE {database}.attempt_groups_per_minute {on_cluster} ADD COLUMN IF NOT EXISTS is_wasted Bool;
ALTER TABLE {database}.attempt_groups_per_minute {on_cluster} ADD COLUMN IF NOT EXISTS price_key LowCardinality(String);
ALTER TABLE {database}.attempt_groups_per_minute {on_cluster} ADD COLUMN IF NOT EXISTS price_version UInt32;
ALTER TABLE {database}.attempt_groups_per_minute {on_cluster} ADD COLUMN IF NOT EXISTS min_input_tokens UInt64;
ALTER TABLE {database}.attempt_groups_per_minute {on_cluster} ADD COLUMN IF NOT EXISTS charges Array(Tuple(
    token_kind LowCardinality(String),
    estimate_method LowCardinality(String),
    unit_price Nullable(Decimal(38, 18)),
    quantity UInt64,
    attempts UInt64));
ALTER TABLE {database}.attempt_groups_per_minute {on_cluster} ADD COLUMN IF NOT EXISTS reported_currency LowCardinality(String) COMMENT 'of reported_cost';
ALTER TABLE {database}.attempt_groups_per_minute {on_cluster} ADD COLUMN IF NOT EXISTS compared_attempts UInt64 COMMENT 'attempts with a reported cost';
ALTER TABLE {database}.attempt_groups_per_minute {on_cluster} ADD COLUMN IF NOT EXISTS compared_unpriced_attempts UInt64;
ALTER TABLE {database}.attempt_groups_per_minute {on_cluster} ADD COLUMN IF NOT EXISTS compared_cost Decimal(38, 18) COMMENT 'list and estimated cost of the attempts with a reported cost';

-- Issued lines of closed statements, by the version of their statement; lines of other versions are of closings that were cut off.
CREATE TABLE IF NOT EXISTS {database}.statement_lines {on_cluster}
(
    statement_id String,
    version UInt64,
    line_no UInt32,
    charge_category LowCardinality(String),
    charge_class LowCardinality(String),
    corrects_statement String,
    correction_reason LowCardinality(String),
    description String,
    upstream_kind LowCardinality(String),
    upstream LowCardinality(String),
    model LowCardinality(String),
    region LowCardinality(String),
    service_tier LowCardinality(String),
    meter LowCardinality(String),
    price_key String,
    price_version UInt32,
    min_input_tokens UInt64,
    is_wasted Bool,
    estimate_method LowCardinality(String),
    rate_term String,
    commitment_id String,
    adjustment_id String,
    pricing_currency LowCardinality(String),
    exchange_rate Nullable(Decimal(38, 18)) COMMENT 'null: several applied within the month, see the details',
    list_unit_price Nullable(Decimal(38, 18)) COMMENT 'null: unpriced, which is not free, or not priced by the unit',
    contracted_unit_price Nullable(Decimal(38, 18)),
    quantity Decimal(38, 18),
    unit LowCardinality(String),
    list_cost Decimal(38, 18),
    contracted_cost Decimal(38, 18),
    effective_cost Decimal(38, 18),
    precise_cost Decimal(38, 18) COMMENT 'what is billed, before rounding',
    billed_cost Decimal(38, 18) COMMENT 'rounded to the minor unit of the currency'
)
ENGINE = {engine:MergeTree}
ORDER BY (statement_id, version, line_no)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

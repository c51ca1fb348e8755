-- Credits and further charges that a person decided on. Booked in the month, or in the first one after it that is open.
CREATE TABLE IF NOT EXISTS {database}.adjustments {on_cluster}
(
    adjustment_id String,
    tenant_id LowCardinality(String),
    month LowCardinality(String),
    amount Decimal(38, 18) COMMENT 'below zero: a credit',
    currency LowCardinality(String),
    reason String,
    corrects_statement String,
    created_by String,
    created_at_ms Int64
)
ENGINE = {engine:MergeTree}
ORDER BY (tenant_id, month, adjustment_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

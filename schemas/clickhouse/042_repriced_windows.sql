-- Settled windows that an import or correction of prices reaches: their figures are out of date until they are settled with that version,
-- or a newer one. Written before settle is asked for them; services/money/price-book/queries/repricing.sql counts how many are left.
CREATE TABLE IF NOT EXISTS {database}.repriced_windows {on_cluster}
(
    price_version UInt32 COMMENT 'the import that reaches the window',
    window_start DateTime('UTC')
)
ENGINE = {engine:ReplacingMergeTree}
ORDER BY (window_start, price_version)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The trail of the price book: one row per version of `prices`, written after its rows. A version without a row here was cut off and is
-- not in force.
CREATE TABLE IF NOT EXISTS {database}.price_imports {on_cluster}
(
    version UInt32,
    kind LowCardinality(String) COMMENT 'import, or correct: a change of the past',
    imported_at DateTime64(3, 'UTC'),
    imported_by String,
    reason String,
    source String,
    valid_from DateTime64(3, 'UTC') COMMENT 'earliest start of its prices',
    valid_to Nullable(DateTime64(3, 'UTC')) COMMENT 'latest end; null: open',
    rows UInt64,
    content_sha256 String,
    import_id String COMMENT 'tells apart two imports that took one version at once: the one whose trail came first is in force'
)
ENGINE = {engine:MergeTree}
ORDER BY version
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

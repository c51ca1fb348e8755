-- Every version of the billing terms, whole, as it was imported.
CREATE TABLE IF NOT EXISTS {database}.billing_terms {on_cluster}
(
    version UInt32,
    kind LowCardinality(String) COMMENT 'import, or correct: a change of the past',
    imported_at DateTime64(3, 'UTC'),
    imported_by String,
    reason String,
    source String,
    content String COMMENT 'YAML text',
    content_sha256 String
)
ENGINE = {engine:MergeTree}
ORDER BY version
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

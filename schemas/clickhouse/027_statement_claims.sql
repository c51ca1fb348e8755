-- Who is closing which statement. A closer adds a row, and one with is_released when it ends; a claim that is neither released nor
-- expired stops others.
CREATE TABLE IF NOT EXISTS {database}.statement_claims {on_cluster}
(
    statement_id String,
    version UInt64 COMMENT 'the claim; what is written under it has the same version',
    claimed_by String,
    claimed_at_ms Int64,
    expires_at_ms Int64,
    is_released Bool
)
ENGINE = {engine:MergeTree}
ORDER BY (statement_id, version)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

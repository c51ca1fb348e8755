-- Settled windows that a person let be published from fewer raw rows than before: whose word it was, and why.
CREATE TABLE IF NOT EXISTS {database}.republished_windows {on_cluster}
(
    window_start DateTime('UTC'),
    republished_at DateTime64(3, 'UTC'),
    republished_by String,
    reason String,
    rows_before UInt64 COMMENT 'rows of attempts, engine samples and GPU samples that the former version was made from',
    rows_now UInt64 COMMENT 'those that are left'
)
ENGINE = {engine:MergeTree}
ORDER BY (window_start, republished_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

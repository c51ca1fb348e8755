-- Each comparison of settled minutes with the raw rows that they were made from: what alerting knows of rows that are gone.
CREATE TABLE IF NOT EXISTS {database}.window_checks {on_cluster}
(
    checked_at DateTime64(3, 'UTC'),
    changed UInt64 COMMENT 'minutes with other rows than they were settled from; they are settled again',
    lost UInt64 COMMENT 'minutes whose settled rows were not all there; they are made again',
    fewer UInt64 COMMENT 'minutes of which raw rows are gone; they stay as they were published',
    first_fewer Nullable(DateTime('UTC')) COMMENT 'the first of them',
    last_fewer Nullable(DateTime('UTC')) COMMENT 'the last of them'
)
ENGINE = {engine:MergeTree}
ORDER BY checked_at
TTL toDateTime(checked_at) + INTERVAL 400 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

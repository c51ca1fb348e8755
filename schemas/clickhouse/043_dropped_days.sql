-- Days whose raw rows, settled minutes or hours were dropped because they were older than they are kept. A statement of a day without raw
-- rows can be shown, not made again.
CREATE TABLE IF NOT EXISTS {database}.dropped_days {on_cluster}
(
    table_name LowCardinality(String),
    day Date COMMENT 'of window_start, UTC',
    rows UInt64,
    dropped_at_ms Int64
)
ENGINE = {engine:MergeTree}
ORDER BY (day, table_name)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Refused lines, whole. A redelivery writes the same row again; FINAL or the view collapses it.
CREATE TABLE IF NOT EXISTS {database}.dead_letters {on_cluster}
(
    received_at DateTime64(3, 'UTC'),
    source LowCardinality(String),
    code LowCardinality(String),
    message String,
    line String CODEC(ZSTD(3)),
    encoding LowCardinality(String),
    log_epoch LowCardinality(String),
    topic LowCardinality(String),
    partition UInt32,
    offset UInt64,
    line_no UInt32
)
ENGINE = {engine:ReplacingMergeTree}
PARTITION BY toYYYYMM(received_at)
ORDER BY (log_epoch, topic, partition, offset, line_no)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

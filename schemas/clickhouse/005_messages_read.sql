-- The ledger: one row per message of the event log that the worker has read. received lines = accepted + dead letters + skipped + parked
-- must hold for every message.
-- lines counts what was in the message; a redelivery writes the same row again and FINAL collapses it.
CREATE TABLE IF NOT EXISTS {database}.messages_read {on_cluster}
(
    log_epoch LowCardinality(String),
    topic LowCardinality(String),
    partition UInt32,
    offset UInt64,
    received_at DateTime64(3, 'UTC'),
    source LowCardinality(String),
    lines UInt32,
    rows UInt32 COMMENT 'attempt rows or engine samples written',
    accepted_lines UInt32 COMMENT 'lines that gave at least one row',
    dead_letters UInt32,
    skipped_lines UInt32 COMMENT 'lines that are no attempts at a model',
    skip_reasons Map(LowCardinality(String), UInt32) COMMENT 'the same by reason',
    parked_lines UInt32 COMMENT 'lines that wait in parked_messages, for their source is parked'
)
ENGINE = {engine:ReplacingMergeTree}
PARTITION BY toYYYYMM(received_at)
ORDER BY (log_epoch, topic, partition, offset)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Messages of parked sources, whole: neither rows nor dead letters were made of them. The log forgets a message after its retention; here
-- it waits for as long as the source is parked. A message that was taken up has a row without its value in place of the first (FINAL).
CREATE TABLE IF NOT EXISTS {database}.parked_messages {on_cluster}
(
    log_epoch LowCardinality(String),
    topic LowCardinality(String),
    partition UInt32,
    offset UInt64,
    received_at DateTime64(3, 'UTC'),
    source LowCardinality(String),
    is_parked Bool COMMENT 'false: taken up again',
    lines UInt32,
    headers Map(LowCardinality(String), String),
    value String COMMENT 'the message as received, empty when taken up' CODEC(ZSTD(3)),
    encoding LowCardinality(String) COMMENT 'of value: utf8 or base64'
)
ENGINE = {engine:ReplacingMergeTree}
PARTITION BY toYYYYMM(received_at)
ORDER BY (log_epoch, topic, partition, offset)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

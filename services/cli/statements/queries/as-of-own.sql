-- What a database beside has of its own. {database} is it, {live} the live one.
CREATE TABLE IF NOT EXISTS {database}.frozen_positions
(
    log_epoch LowCardinality(String), topic LowCardinality(String), partition UInt32, next_offset UInt64
)
ENGINE = MergeTree ORDER BY (log_epoch, topic, partition);
CREATE TABLE IF NOT EXISTS {database}.frozen_versions (price_version UInt32) ENGINE = MergeTree ORDER BY tuple();
CREATE TABLE IF NOT EXISTS {database}.pinned_windows
(
    window_start DateTime('UTC'), settle_version UInt64, price_version UInt32, raw_rows UInt64, input_rows UInt64, samples_read UInt64,
    gpu_samples_read UInt64
)
ENGINE = MergeTree ORDER BY window_start;
CREATE TABLE IF NOT EXISTS {database}.price_reach (window_start DateTime('UTC'), price_version UInt32)
ENGINE = MergeTree ORDER BY window_start;

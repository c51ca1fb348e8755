-- What a database beside has of its own. {database} is it, {live} the live one.
CREATE TABLE IF NOT EXISTS {database}.frozen_positions {on_cluster}
(
    log_epoch LowCardinality(String), topic LowCardinality(String), partition UInt32, next_offset UInt64
)
ENGINE = {engine:MergeTree} ORDER BY (log_epoch, topic, partition);
CREATE TABLE IF NOT EXISTS {database}.frozen_versions {on_cluster} (price_version UInt32) ENGINE = {engine:MergeTree} ORDER BY tuple();
CREATE TABLE IF NOT EXISTS {database}.pinned_windows {on_cluster}
(
    window_start DateTime('UTC'), settle_version UInt64, price_version UInt32, raw_rows UInt64, input_rows UInt64, samples_read UInt64,
    gpu_samples_read UInt64
)
ENGINE = {engine:MergeTree} ORDER BY window_start;
CREATE TABLE IF NOT EXISTS {database}.price_reach {on_cluster} (window_start DateTime('UTC'), price_version UInt32)
ENGINE = {engine:MergeTree} ORDER BY window_start;

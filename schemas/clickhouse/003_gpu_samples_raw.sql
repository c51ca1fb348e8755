-- One row per reading of a GPU, or of an instance of a divided one; counters as read. null: the exporter does not give the reading.
CREATE TABLE IF NOT EXISTS {database}.gpu_samples_raw {on_cluster}
(
    window_start DateTime('UTC') COMMENT 'minute of sampled_at',
    pool LowCardinality(String),
    host LowCardinality(String),
    gpu_uuid LowCardinality(String),
    gpu_index LowCardinality(String),
    gpu_instance LowCardinality(String) COMMENT 'part of a divided GPU (MIG); empty: the whole',
    gpu_model LowCardinality(String),
    namespace LowCardinality(String),
    pod String,
    container LowCardinality(String),
    endpoint LowCardinality(String),
    exporter LowCardinality(String),
    region LowCardinality(String),
    sampled_at DateTime64(3, 'UTC'),
    utilisation_ratio Nullable(Float64),
    engine_active_ratio Nullable(Float64),
    memory_used_bytes Nullable(Float64),
    memory_total_bytes Nullable(Float64),
    power_watts Nullable(Float64),
    energy_joules_total Nullable(Float64),
    log_epoch LowCardinality(String),
    topic LowCardinality(String),
    partition UInt32,
    offset UInt64,
    row_no UInt16,
    received_at DateTime64(3, 'UTC')
)
ENGINE = {engine:MergeTree}
PARTITION BY toYYYYMMDD(window_start)
ORDER BY (window_start, pool, host, gpu_uuid, gpu_instance, sampled_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

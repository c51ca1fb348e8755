-- Rows left out of a settled window because another row with the same event identity came first and says something else.
CREATE TABLE IF NOT EXISTS {database}.conflicts {on_cluster}
(
    window_start DateTime('UTC'),
    settle_version UInt64,
    tenant_id LowCardinality(String),
    source LowCardinality(String),
    request_id String,
    attempt_key String,
    kept_topic LowCardinality(String),
    kept_partition UInt32,
    kept_offset UInt64,
    kept_line_no UInt32,
    refused_topic LowCardinality(String),
    refused_partition UInt32,
    refused_offset UInt64,
    refused_line_no UInt32
)
ENGINE = {engine:MergeTree}
PARTITION BY toYYYYMM(window_start)
ORDER BY (window_start, tenant_id, request_id, settle_version);

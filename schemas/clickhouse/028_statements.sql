-- Closed statements. One insert here closes a tenant's month; a row is never changed. Of several versions of an id, which two closers could
-- only write in the same instant, the lowest counts.
CREATE TABLE IF NOT EXISTS {database}.statements {on_cluster}
(
    statement_id String,
    version UInt64 COMMENT 'of its lines and details: the claim that it was closed under',
    issuer String,
    tenant_id LowCardinality(String),
    tenant_name String,
    team LowCardinality(String),
    cost_centre LowCardinality(String),
    gl_code LowCardinality(String),
    tags Map(String, String),
    month LowCardinality(String) COMMENT 'YYYY-MM in time_zone',
    time_zone LowCardinality(String),
    period_start_ms Int64,
    period_end_ms Int64 COMMENT 'exclusive',
    currency LowCardinality(String),
    precise_total Decimal(38, 18),
    payable Decimal(38, 18),
    price_version UInt32,
    terms_version UInt32,
    positions Array(Tuple(log_epoch String, topic String, partition UInt32, next_offset UInt64))
        COMMENT 'what had been read of the event log',
    windows UInt64,
    raw_rows UInt64,
    requests UInt64,
    attempts UInt64,
    lines_received UInt64,
    lines_accounted UInt64,
    corrected Array(String) COMMENT 'statements whose months were computed again',
    content_sha256 String,
    closed_at_ms Int64,
    closed_by String,
    forced_reason String,
    windows_fingerprint String
        COMMENT 'of the versions of all minutes that it was made from; empty: some were settled for the statement alone'
)
ENGINE = {engine:MergeTree}
ORDER BY (tenant_id, month, version)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

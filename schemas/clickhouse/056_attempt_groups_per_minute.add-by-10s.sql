-- Groups know in which ten seconds their requests began.
ALTER TABLE {database}.attempt_groups_per_minute {on_cluster}
    ADD COLUMN IF NOT EXISTS requests_by_10s Array(UInt64) COMMENT 'by the ten seconds they began in: six; empty: unknown',
    ADD COLUMN IF NOT EXISTS attempts_by_10s Array(UInt64) COMMENT 'attempts_reported of those requests',
    ADD COLUMN IF NOT EXISTS answered_by_10s Array(UInt64) COMMENT 'of those requests, answered';

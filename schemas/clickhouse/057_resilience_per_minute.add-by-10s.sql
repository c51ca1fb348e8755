-- A retry storm is seen within a minute: requests, attempts and answers by ten seconds.
ALTER TABLE {database}.resilience_per_minute {on_cluster}
    ADD COLUMN IF NOT EXISTS requests_by_10s Array(UInt64) COMMENT 'by the ten seconds they began in: six; empty: unknown',
    ADD COLUMN IF NOT EXISTS attempts_by_10s Array(UInt64) COMMENT 'attempts_reported of those requests',
    ADD COLUMN IF NOT EXISTS answered_by_10s Array(UInt64) COMMENT 'of those requests, answered';

-- One insert here makes the hour's rows in all tables of hours current. Readers take the highest version of an hour, and of an hour that
-- stale_hours names the minutes.
CREATE TABLE IF NOT EXISTS {database}.settled_hours {on_cluster}
(
    hour_start DateTime('UTC'),
    hour_version UInt64 COMMENT 'grows with every making of the hour',
    fingerprint UInt64 COMMENT 'of the versions of the minutes that it was made from'
)
ENGINE = {engine:MergeTree}
PARTITION BY toYYYYMM(hour_start)
ORDER BY (hour_start, hour_version);

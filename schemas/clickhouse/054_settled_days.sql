-- One insert here makes the day's rows in all tables of days current. Readers take the highest version of a day, and of a day that
-- stale_days names, or of which stale_hours names an hour, the hours.
CREATE TABLE IF NOT EXISTS {database}.settled_days {on_cluster}
(
    day_start DateTime('UTC'),
    day_version UInt64 COMMENT 'grows with every making of the day',
    fingerprint UInt64 COMMENT 'of the versions of the hours that it was made from'
)
ENGINE = {engine:MergeTree}
PARTITION BY toYYYYMM(day_start)
ORDER BY (day_start, day_version);

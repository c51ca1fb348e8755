-- When sources were parked and taken up again; of the rows of a source the latest counts.
CREATE TABLE IF NOT EXISTS {database}.parked_sources {on_cluster}
(
    source String,
    changed_at DateTime64(3, 'UTC'),
    is_parked Bool,
    reason String COMMENT 'why, for people'
)
ENGINE = {engine:MergeTree}
ORDER BY (source, changed_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

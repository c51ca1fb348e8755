-- One insert here makes a settled version current. Readers take the highest version of a window.
CREATE TABLE IF NOT EXISTS {database}.settled_windows {on_cluster}
(
    window_start DateTime('UTC'),
    settle_version UInt64 COMMENT 'grows with every settling of the window',
    price_version UInt32,
    raw_rows UInt64 COMMENT 'rows of attempts_raw in the window, redeliveries included',
    duplicates UInt64 COMMENT 'rows left out because their event identity was there already with the same body',
    conflicts UInt64 COMMENT 'rows left out although their body differs',
    requests UInt64,
    attempts UInt64,
    attempts_reported UInt64,
    unseen_attempts UInt64,
    settled_at DateTime64(3, 'UTC'),
    input_rows UInt64 COMMENT 'rows of attempts_raw that were read: those of the window and of its requests in other windows',
    samples_read UInt64 COMMENT 'rows of engine_samples_raw in the window and the 15 minutes before it',
    gpu_samples_read UInt64 COMMENT 'rows of gpu_samples_raw in the window'
)
ENGINE = {engine:MergeTree}
PARTITION BY toYYYYMM(window_start)
ORDER BY (window_start, settle_version)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Requests of a window with more than one row, by the windows that their rows lie in. Written and read by one settling, so that the others of its requests need
-- not be joined; nothing else reads it, and superseded.ts removes it all.
CREATE TABLE IF NOT EXISTS {database}.shared_requests {on_cluster}
(
    window_start DateTime('UTC'),
    settle_version UInt64,
    request_hash UInt64 COMMENT 'as in attempts_raw: equal for rows of one request, hardly ever for others',
    row_window DateTime('UTC'),
    rows UInt64 COMMENT 'rows of such requests in that window'
)
ENGINE = {engine:MergeTree}
PARTITION BY toYYYYMM(window_start)
ORDER BY (window_start, settle_version, request_hash);

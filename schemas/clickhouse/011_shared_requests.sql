-- Requests of a pass of settling with more than one row, by the windows that their rows lie in. Written and read by one pass, so that the
-- others of its requests need not be joined; nothing else reads it, and superseded.ts removes it all.
CREATE TABLE IF NOT EXISTS {database}.shared_requests {on_cluster}
(
    settle_version UInt64,
    pass UInt64 COMMENT 'tells passes of one version apart',
    request_hash UInt64 COMMENT 'as in attempts_raw: equal for rows of one request, hardly ever for others',
    row_window DateTime('UTC'),
    is_sole_row Bool,
    rows UInt64 COMMENT 'rows of such requests in that window'
)
ENGINE = {engine:MergeTree}
PARTITION BY intDiv(settle_version, 3600000000)
ORDER BY (settle_version, pass, request_hash);

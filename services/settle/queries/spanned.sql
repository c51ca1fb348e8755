-- For each window the other minutes with rows of its requests, and how many. Parameters: windows, version.
SELECT toUnixTimestamp(mine.row_window) AS window, toUnixTimestamp(others.row_window) AS other, sum(others.rows) AS rows
FROM (
    SELECT request_hash, row_window FROM {database}.shared_requests
    WHERE settle_version = {version:UInt64} AND pass = {pass:UInt64} AND NOT is_sole_row AND row_window IN {windows:Array(DateTime('UTC'))}
) AS mine
INNER JOIN (
    SELECT request_hash, row_window, rows FROM {database}.shared_requests WHERE settle_version = {version:UInt64} AND pass = {pass:UInt64}
        AND NOT is_sole_row
) AS others ON mine.request_hash = others.request_hash
WHERE others.row_window != mine.row_window
    AND others.row_window BETWEEN mine.row_window - INTERVAL 45 MINUTE AND mine.row_window + INTERVAL 45 MINUTE
GROUP BY mine.row_window, others.row_window
